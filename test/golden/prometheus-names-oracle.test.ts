import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labelOf } from '../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import type { Level } from '../../shared/core/level.ts';
import { METRICS, type MetricDescriptor, SAMPLE_CLOCKS } from '../../shared/core/metrics.ts';
import prometheus from '../../shared/dialects/prometheus.ts';
import { createRowReader } from '../../shared/sinks/row-values.ts';
import { decodeSummary } from '../../shared/sources/summary-api/decode-summary.ts';

/** Pages of the kubelet's cAdvisor and of kube-state-metrics, of the same node as the summary: names, labels and values. */
const DATA = join(import.meta.dirname, '..', 'data');
const NODE = 'datagen-1-34';

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: Labels;
  readonly value: number;
  readonly at: number;
}

function readPage(file: string): ReadonlyMap<string, readonly Sample[]> {
  const page = new Map<string, Sample[]>();
  const text = readFileSync(join(DATA, 'objects', file), 'utf8');
  for (const match of text.matchAll(/^(\w+)\{(.*)\} (\S+)(?: (\d+))?$/gm)) {
    const [, name = '', labels = '', value, at] = match;
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text]);
    const samples = page.get(name) ?? [];
    samples.push({ labels: Object.fromEntries(pairs) as Labels, value: Number(value), at: Number(at ?? Number.NaN) });
    page.set(name, samples);
  }
  return page;
}

const CADVISOR = readPage('newrelic-minikube-k8s1.34-metrics-cadvisor.txt');
const STATE = readPage('newrelic-minikube-k8s1.34-kube-state-metrics-resources.txt');

function clockOf({ name, clock }: MetricDescriptor): number {
  if (clock !== undefined) return SAMPLE_CLOCKS.indexOf(clock);
  return SAMPLE_CLOCKS.indexOf(name.startsWith('network') ? 'network' : 'memory');
}

interface Value extends Sample {
  readonly name: string;
  readonly level: Level;
}

/** What the dialect makes of the summary, with the labels that cAdvisor has too. */
function valuesInDialect(): readonly Value[] {
  const body = readFileSync(join(DATA, 'summary', 'newrelic-minikube-k8s1.34-psi-busy.json'));
  const builder = new MetricBatchBuilder({
    timestamp: Date.parse('2026-01-13T18:40:00Z'),
    resolution: 60_000,
    cluster: 'oracle',
  });
  const { time } = (JSON.parse(body.toString('utf8')) as { node: { cpu: { time: string } } }).node.cpu;
  decodeSummary(body, { name: NODE, hostname: NODE, hostId: '' }, builder, { now: Date.parse(time) });
  const batch = builder.build();
  return (['node', 'pod', 'pod_container'] as const).flatMap((level) => {
    const table = batch.tables[level];
    if (table === undefined) return [];
    const read = createRowReader(batch, table);
    return Array.from({ length: table.rows }, (_, row) => row).flatMap((row) => {
      const labels: Record<string, string> = {};
      for (const [index, key] of batch.labelKeys.entries()) {
        const name = prometheus.label(key, level);
        const text = labelOf(batch, table, index, row);
        if (name !== undefined && text !== undefined && text !== '') labels[name] = text;
      }
      return read(row).flatMap(({ metric, own, value }) => {
        const word = prometheus.metric(metric, level);
        if (word === undefined || !word.name.startsWith('container_')) return [];
        const all = { ...labels, ...Object.fromEntries(word.labels), ...Object.fromEntries(own) };
        const { namespace = '', pod = '', container = '', interface: network, failure_type, scope, id } = all as Labels;
        const shared = { namespace, pod, container, interface: network, failure_type, scope, id };
        const given = Object.entries(shared).filter((pair): pair is [string, string] => pair[1] !== undefined);
        const at = table.sampled[clockOf(metric)]?.[row] ?? Number.NaN;
        return [{ level, name: word.name, labels: Object.fromEntries(given), value: value * word.scale, at }];
      });
    });
  });
}

/** The page's samples with just these labels; a pod's own is that without an image. */
function samplesLike({ name, labels, level }: Value): readonly Sample[] {
  return (CADVISOR.get(name) ?? []).filter(
    (sample) =>
      Object.entries(labels).every(([key, text]) => (sample.labels[key] ?? '') === text) &&
      (level !== 'pod' || name.startsWith('container_network_') || sample.labels['image'] === ''),
  );
}

describe('names=prometheus', () => {
  const values = valuesInDialect();

  it('uses no name of cAdvisor that its page does not have', () => {
    const names = new Set(values.map(({ name }) => name));

    expect([...names].filter((name) => !CADVISOR.has(name))).toEqual([]);
    expect(names.size).toBeGreaterThan(15);
  });

  it('says of each series sampled in the same second what the page says', () => {
    const compared = new Map<string, number>();
    const wrong: string[] = [];
    for (const value of values) {
      const [sample, ...others] = samplesLike(value);
      if (sample === undefined || others.length > 0) continue;
      if (Math.floor(sample.at / 1_000) !== Math.floor(value.at / 1_000)) continue;
      const key = `${value.level} ${value.name}`;
      compared.set(key, (compared.get(key) ?? 0) + 1);
      if (Math.abs(value.value - sample.value) > 1e-6 * Math.max(1, Math.abs(sample.value)))
        wrong.push(`${key} ${JSON.stringify(value.labels)}: ${value.value}, the page ${sample.value}`);
    }

    expect(wrong).toEqual([]);
    expect([...compared.keys()].sort()).toMatchInlineSnapshot(`
      [
        "node container_cpu_usage_seconds_total",
        "node container_memory_failures_total",
        "node container_memory_rss",
        "node container_memory_swap",
        "node container_memory_usage_bytes",
        "node container_memory_working_set_bytes",
        "node container_network_receive_bytes_total",
        "node container_network_receive_errors_total",
        "node container_network_transmit_bytes_total",
        "node container_network_transmit_errors_total",
        "node container_pressure_cpu_stalled_seconds_total",
        "node container_pressure_cpu_waiting_seconds_total",
        "node container_pressure_io_stalled_seconds_total",
        "node container_pressure_io_waiting_seconds_total",
        "node container_pressure_memory_stalled_seconds_total",
        "node container_pressure_memory_waiting_seconds_total",
        "pod container_cpu_usage_seconds_total",
        "pod container_memory_failures_total",
        "pod container_memory_rss",
        "pod container_memory_swap",
        "pod container_memory_usage_bytes",
        "pod container_memory_working_set_bytes",
        "pod container_network_receive_bytes_total",
        "pod container_network_receive_errors_total",
        "pod container_network_transmit_bytes_total",
        "pod container_network_transmit_errors_total",
        "pod container_pressure_cpu_stalled_seconds_total",
        "pod container_pressure_cpu_waiting_seconds_total",
        "pod container_pressure_io_stalled_seconds_total",
        "pod container_pressure_io_waiting_seconds_total",
        "pod container_pressure_memory_stalled_seconds_total",
        "pod container_pressure_memory_waiting_seconds_total",
        "pod_container container_cpu_usage_seconds_total",
        "pod_container container_memory_failures_total",
        "pod_container container_memory_rss",
        "pod_container container_memory_swap",
        "pod_container container_memory_usage_bytes",
        "pod_container container_memory_working_set_bytes",
        "pod_container container_pressure_cpu_stalled_seconds_total",
        "pod_container container_pressure_cpu_waiting_seconds_total",
        "pod_container container_pressure_io_stalled_seconds_total",
        "pod_container container_pressure_io_waiting_seconds_total",
        "pod_container container_pressure_memory_stalled_seconds_total",
        "pod_container container_pressure_memory_waiting_seconds_total",
      ]
    `);
  });

  it('uses names, resources and units of kube-state-metrics as its page has them', () => {
    const seen = new Set<string>();
    for (const [name, samples] of STATE)
      for (const { labels } of samples) seen.add(`${name} ${labels['resource'] ?? ''} ${labels['unit'] ?? ''}`);
    const words = METRICS.flatMap((metric) => metric.levels.map((level) => prometheus.metric(metric, level)));
    const ours = words.flatMap((word) => {
      const labels = Object.fromEntries(word?.labels ?? []) as Labels;
      if (labels['job'] !== 'kube-state-metrics') return [];
      return [`${word?.name} ${labels['resource'] ?? ''} ${labels['unit'] ?? ''}`];
    });

    // Nothing in that cluster asks for ephemeral storage.
    expect(
      ours.filter(
        (one) => !seen.has(one) && !one.includes('_resource_requests ephemeral') && !one.includes('_limits ephemeral'),
      ),
    ).toEqual([]);
    expect(new Set(ours).size).toBeGreaterThan(10);
  });
});
