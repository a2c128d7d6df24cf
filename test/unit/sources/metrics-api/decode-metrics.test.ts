import { describe, expect, it } from 'vitest';
import { MetricBatchBuilder } from '../../../../shared/core/batch-builder.ts';
import { labelIndex } from '../../../../shared/core/labels.ts';
import { metricId } from '../../../../shared/core/metrics.ts';
import { HOUR, MINUTE } from '../../../../shared/core/units.ts';
import { decodeMetrics } from '../../../../shared/sources/metrics-api/decode-metrics.ts';
import type { PodUsage } from '../../../../shared/sources/source.ts';

const NOW = 1_795_874_400_000;
const CPU_RATE = metricId('cpu/usage_rate');
const WORKING_SET = metricId('memory/working_set');
const NODE = { name: 'n1', hostname: 'h1', hostId: 'i-1' };
const USED: PodUsage = { timestamp: NOW - 20_000, containers: [{ name: 'main', cpu: 12.5, memory: 4_096 }] };

function decode(node: { readonly timestamp: number }, usage: (name: string) => PodUsage | undefined) {
  const builder = new MetricBatchBuilder({ timestamp: NOW, resolution: MINUTE, cluster: 'c' });
  const pods = ['a', 'b'].map((name) => ({ namespace: 'ns', name, uid: name === 'a' ? 'uid-a' : undefined }));
  const document = {
    kind: 'metrics',
    node: { cpu: 250, memory: Number.NaN, ...node },
    podUsage: (_namespace: string, name: string) => usage(name),
  } as const;
  return { builder, result: decodeMetrics(document, NODE, builder, { now: NOW, pods }) };
}

describe('decodeMetrics', () => {
  it('writes a row for the node, and for each pod that has usage with its containers', () => {
    const { builder, result } = decode({ timestamp: NOW - 10_000 }, (name) => (name === 'a' ? USED : undefined));

    expect(result).toMatchObject({
      status: 'ok',
      rows: { node: 0, pods: { from: 0, to: 1 }, containers: { from: 0, to: 1 } },
    });
    const label = (level: 'node' | 'pod' | 'pod_container', key: Parameters<typeof labelIndex>[0]) =>
      builder.strings.get(builder.table(level).getLabel(labelIndex(key), 0));
    expect([label('node', 'nodename'), label('node', 'host_id')]).toEqual(['n1', 'i-1']);
    expect([label('pod', 'pod_name'), label('pod', 'pod_id'), label('pod', 'hostname')]).toEqual(['a', 'uid-a', 'h1']);
    expect([label('pod_container', 'namespace_name'), label('pod_container', 'container_name')]).toEqual([
      'ns',
      'main',
    ]);
    expect(builder.table('pod_container').get(CPU_RATE, 0)).toBe(12.5);
    expect(builder.table('pod_container').get(WORKING_SET, 0)).toBe(4_096);
    expect(builder.table('node').get(CPU_RATE, 0)).toBe(250);
  });

  it('leaves absent what the API does not have', () => {
    const { builder } = decode({ timestamp: NOW }, () => undefined);

    expect(builder.table('node').get(WORKING_SET, 0)).toBeNaN();
    expect(builder.table('node').get(metricId('cpu/usage'), 0)).toBeNaN();
    expect(builder.table('pod').rows).toBe(0);
  });

  it.each([
    [NOW + 11 * MINUTE, 'clock_skew'],
    [NOW - HOUR - 1, 'clock_skew'],
    [Number.NaN, 'invalid'],
  ])('fails a node of the time %d as %s, and writes nothing', (timestamp, reason) => {
    const { builder, result } = decode({ timestamp }, () => USED);

    expect(result).toMatchObject({ status: 'failed', reason });
    expect(builder.table('node').rows).toBe(0);
  });

  it.each([NOW + HOUR, NOW - 2 * HOUR, Number.NaN])('leaves a pod of the time %d out, and counts it', (timestamp) => {
    const { builder, result } = decode({ timestamp: NOW }, () => ({ ...USED, timestamp }));

    expect(result).toMatchObject({ status: 'ok', faults: { bad_time: 2 } });
    expect(builder.table('pod').rows).toBe(0);
  });
});
