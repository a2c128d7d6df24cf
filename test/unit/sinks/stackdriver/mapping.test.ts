import { describe, expect, it } from 'vitest';
import { LEAF_LEVELS, LEVELS } from '../../../../shared/core/level.ts';
import { dynamicMetric, METRICS, metricByKey } from '../../../../shared/core/metrics.ts';
import { isUsual, seriesOf } from '../../../../shared/sinks/stackdriver/mapping.ts';

const CUSTOM = { prefix: 'custom.googleapis.com/heapster/' };
const GOOGLE = { prefix: 'google' };
const GPU = dynamicMetric(999, 'nvidia.com/gpu/request', 'gauge', ['pod_container']);

/** Metric types under Google's own prefixes, with kind and value type. */
function typesOf(model: 'old' | 'new'): readonly string[] {
  const rules = [...METRICS, GPU].flatMap((metric) =>
    metric.levels.flatMap((level) => seriesOf(metric, level, model, GOOGLE) ?? []),
  );
  return [...new Set(rules.map(({ name, kind, valueType }) => `${name} ${kind} ${valueType}`))].sort();
}

describe('the metric types of stackdriver:', () => {
  it("are Heapster's of the legacy model", () => {
    expect(typesOf('old')).toEqual(
      [
        'accelerator/duty_cycle gauge int64',
        'accelerator/memory_total gauge int64',
        'accelerator/memory_used gauge int64',
        'accelerator/request gauge int64',
        'cpu/reserved_cores gauge double',
        'cpu/usage_time cumulative double',
        'disk/bytes_total gauge int64',
        'disk/bytes_used gauge int64',
        'memory/bytes_total gauge int64',
        'memory/bytes_used gauge int64',
        'memory/page_fault_count cumulative int64',
        'network/received_bytes_count cumulative int64',
        'network/sent_bytes_count cumulative int64',
        'uptime cumulative double',
      ].map((type) => `container.googleapis.com/container/${type}`),
    );
  });

  it("are Heapster's of the new model, with two that it declared and never sent", () => {
    expect(typesOf('new')).toEqual(
      [
        'container/accelerator/duty_cycle gauge int64',
        'container/accelerator/memory_total gauge int64',
        'container/accelerator/memory_used gauge int64',
        'container/accelerator/request gauge int64',
        'container/cpu/core_usage_time cumulative double',
        'container/cpu/limit_cores gauge double',
        'container/cpu/request_cores gauge double',
        'container/ephemeral_storage/limit_bytes gauge int64',
        'container/ephemeral_storage/request_bytes gauge int64',
        'container/ephemeral_storage/used_bytes gauge int64',
        'container/memory/limit_bytes gauge int64',
        'container/memory/request_bytes gauge int64',
        'container/memory/used_bytes gauge int64',
        'container/restart_count cumulative int64',
        'container/uptime gauge double',
        'node/cpu/allocatable_cores gauge double',
        'node/cpu/core_usage_time cumulative double',
        'node/cpu/total_cores gauge double',
        'node/ephemeral_storage/allocatable_bytes gauge int64',
        'node/ephemeral_storage/total_bytes gauge int64',
        'node/ephemeral_storage/used_bytes gauge int64',
        'node/memory/allocatable_bytes gauge int64',
        'node/memory/total_bytes gauge int64',
        'node/memory/used_bytes gauge int64',
        'node/network/received_bytes_count cumulative int64',
        'node/network/sent_bytes_count cumulative int64',
        'node_daemon/cpu/core_usage_time cumulative double',
        'node_daemon/memory/used_bytes gauge int64',
        'pod/network/received_bytes_count cumulative int64',
        'pod/network/sent_bytes_count cumulative int64',
        'pod/volume/total_bytes gauge int64',
        'pod/volume/used_bytes gauge int64',
      ].map((type) => `kubernetes.io/${type}`),
    );
  });

  it('have one kind, value type and unit each, whatever model, level and metric they come from', () => {
    const known = new Map<string, string>();
    const clashes: string[] = [];
    for (const model of ['old', 'new'] as const) {
      for (const metric of [...METRICS, GPU]) {
        for (const level of metric.levels) {
          const rule = seriesOf(metric, level, model, CUSTOM);
          if (rule === undefined) continue;
          const descriptor = `${rule.kind} ${rule.valueType} ${rule.unit}`;
          if ((known.get(rule.name) ?? descriptor) !== descriptor) clashes.push(`${rule.name} at ${level}`);
          known.set(rule.name, descriptor);
        }
      }
    }

    expect(clashes).toEqual([]);
    expect(known.size).toBeGreaterThan(300);
  });

  it('have no characters that the service refuses', () => {
    const odd = dynamicMetric(1_000, 'custom/http.requests-total', 'cumulative', ['pod_container']);

    expect(seriesOf(odd, 'pod_container', 'new', CUSTOM)?.name).toBe(
      'custom.googleapis.com/heapster/container/custom/http_requests_total',
    );
  });

  it('end at 200 characters', () => {
    const long = dynamicMetric(1_000, `custom/${'x'.repeat(200)}`, 'gauge', ['pod_container']);

    expect(seriesOf(long, 'pod_container', 'new', CUSTOM)).toBeUndefined();
  });

  it('say cores, seconds and bytes in their units', () => {
    const units = (key: string, level: 'node' | 'pod_container', model: 'old' | 'new'): unknown => {
      const rule = seriesOf(metricByKey(key), level, model, CUSTOM);
      return [rule?.scale, rule?.unit];
    };

    expect(units('cpu/usage', 'node', 'old')).toEqual([1e-9, 's']);
    expect(units('cpu/request', 'pod_container', 'new')).toEqual([1e-3, '{cpu}']);
    expect(units('memory/node_capacity', 'node', 'new')).toEqual([1, 'By']);
  });
});

describe('what is sent without metrics=', () => {
  it("is Heapster's of the chosen models at each level", () => {
    const faults = metricByKey('memory/page_faults');

    expect(isUsual(faults, 'pod_container', ['old'])).toBe(true);
    expect(isUsual(faults, 'pod_container', ['new'])).toBe(false);
    expect(LEAF_LEVELS.filter((level) => isUsual(metricByKey('filesystem/usage[/]'), level, ['new']))).toEqual([
      'volume',
    ]);
  });

  it('is use, requests, limits and counts of totals', () => {
    expect(LEVELS.filter((level) => isUsual(metricByKey('cpu/usage_rate'), level, ['old', 'new']))).toEqual([
      'cluster',
      'namespace',
      'workload',
      'group',
    ]);
  });
});
