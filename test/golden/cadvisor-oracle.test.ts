import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labelOf, type MetricTable, valueAt } from '../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import { type LabelKey, labelIndex } from '../../shared/core/labels.ts';
import { metricId } from '../../shared/core/metrics.ts';
import { decodeSummary } from '../../shared/sources/summary-api/decode-summary.ts';

/**
 * The kubelet's `/metrics/cadvisor` page, taken from the same node within seconds of the summary: an account of the same
 * cgroups by other code. A series is compared where both say the same second.
 */
const DATA = join(import.meta.dirname, '..', 'data');
const NODE = 'datagen-1-34';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly at: number;
}

function readPage(): ReadonlyMap<string, readonly Sample[]> {
  const page = new Map<string, Sample[]>();
  const text = readFileSync(join(DATA, 'objects', 'newrelic-minikube-k8s1.34-metrics-cadvisor.txt'), 'utf8');
  for (const match of text.matchAll(/^(\w+)\{(.*)\} (\S+) (\d+)$/gm)) {
    const [, name = '', labels = '', value, at] = match;
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text]);
    const sample = { labels: Object.fromEntries(pairs), value: Number(value), at: Number(at) };
    page.set(name, [...(page.get(name) ?? []), sample]);
  }
  return page;
}

const page = readPage();
const body = readFileSync(join(DATA, 'summary', 'newrelic-minikube-k8s1.34-psi-busy.json'));
const now = Date.parse('2026-01-13T18:40:00Z');
const builder = new MetricBatchBuilder({ timestamp: now, resolution: 60_000, cluster: 'oracle' });
const nodeTime = (JSON.parse(body.toString('utf8')) as { node: { cpu: { time: string } } }).node.cpu.time;
const result = decodeSummary(body, { name: NODE, hostname: NODE, hostId: '' }, builder, { now: Date.parse(nodeTime) });
const batch = builder.build();

const text = (table: MetricTable, key: LabelKey, row: number): string =>
  labelOf(batch, table, labelIndex(key), row) ?? '';

function ofNode(name: string): Sample | undefined {
  return page.get(name)?.find((sample) => sample.labels['id'] === '/');
}

describe('the cAdvisor page of the same node', () => {
  it('agrees with the node to the digit', () => {
    expect(result.status).toBe('ok');
    const node = batch.tables.node!;
    const value = (key: string): number => valueAt(node, metricId(key), 0);

    expect(value('cpu/usage') / 1e9).toBeCloseTo(ofNode('container_cpu_usage_seconds_total')!.value, 6);
    expect(value('memory/working_set')).toBe(ofNode('container_memory_working_set_bytes')!.value);
    expect(value('cpu/pressure_total[some]') / 1e6).toBeCloseTo(
      ofNode('container_pressure_cpu_waiting_seconds_total')!.value,
      6,
    );
    expect(value('cpu/pressure_total[full]') / 1e6).toBeCloseTo(
      ofNode('container_pressure_cpu_stalled_seconds_total')!.value,
      6,
    );
    expect(value('io/pressure_total[some]') / 1e6).toBeCloseTo(
      ofNode('container_pressure_io_waiting_seconds_total')!.value,
      6,
    );
  });

  it.each([
    ['memory/working_set', 'container_memory_working_set_bytes', 1, 10],
    ['memory/rss', 'container_memory_rss', 1, 10],
    ['memory/usage', 'container_memory_usage_bytes', 1, 10],
    ['cpu/usage', 'container_cpu_usage_seconds_total', 1e9, 10],
  ] as const)('agrees with %s of every container sampled in the same second', (key, name, scale, least) => {
    const table = batch.tables.pod_container!;
    const clock = key === 'cpu/usage' ? 0 : 1;
    const wrong: string[] = [];
    let compared = 0;
    for (let row = 0; row < table.rows; row++) {
      const sample = page
        .get(name)
        ?.find(
          ({ labels }) =>
            labels['container'] === text(table, 'container_name', row) &&
            labels['pod'] === text(table, 'pod_name', row) &&
            labels['namespace'] === text(table, 'namespace_name', row),
        );
      if (sample === undefined || Math.floor(sample.at / 1_000) * 1_000 !== table.sampled[clock]?.[row]) continue;
      compared++;
      const value = valueAt(table, metricId(key), row) / scale;
      if (Math.abs(value - sample.value) > 1e-6 * Math.max(1, sample.value)) {
        wrong.push(`${text(table, 'pod_name', row)}: ${value}, cAdvisor ${sample.value}`);
      }
    }

    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(least);
  });
});
