import { describe, expect, it } from 'vitest';
import { type MetricBatch, ROW_FLAGS } from '../../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { type LabelKey, labelIndex } from '../../../shared/core/labels.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import { encodeLog, type LogFormat, type LogRequest } from '../../../shared/sinks/log/encode.ts';
import type { EncodeRejection, SinkLimits } from '../../../shared/sinks/sink.ts';

const LIMITS: SinkLimits = { maxPoints: 1_000, maxBytes: 4_096, concurrency: 1 };

function encode(
  batch: MetricBatch,
  format: LogFormat,
  limits = LIMITS,
): { requests: LogRequest[]; rejected: EncodeRejection[] } {
  const rejected: EncodeRejection[] = [];
  return { requests: [...encodeLog(batch, format, limits, (rejection) => rejected.push(rejection))], rejected };
}

function createBuilder(): MetricBatchBuilder {
  return new MetricBatchBuilder({ timestamp: Date.UTC(2018, 4, 7, 13, 5), resolution: 60_000, cluster: undefined });
}

function addPod(builder: MetricBatchBuilder, labels: Readonly<Partial<Record<LabelKey, string>>>): number {
  const table = builder.table('pod');
  const row = table.addRow();
  for (const [key, value] of Object.entries(labels)) {
    table.setLabel(labelIndex(key as LabelKey), row, builder.strings.intern(value));
  }
  return row;
}

/** Two pods and a node, as the sources leave them. */
function smallBatch(): MetricBatch {
  const builder = createBuilder();
  const pods = builder.table('pod');
  const web = addPod(builder, { namespace_name: 'default', pod_name: 'web', labels: 'app:web' });
  pods.set(metricId('cpu/usage_rate'), web, 550);
  pods.set(metricId('memory/usage'), web, 1600);
  pods.setSampled(1, web, Date.UTC(2018, 4, 7, 13, 4, 51));
  pods.setCreated(web, Date.UTC(2018, 4, 6));
  pods.addFlag(web, ROW_FLAGS.cpuRateFallback);
  pods.addSparse(web, metricId('network/interface_rx'), builder.ownLabels('interface', 'eth0'), 77);
  addPod(builder, { namespace_name: 'default', pod_name: 'silent' });
  const nodes = builder.table('node');
  const node = nodes.addRow();
  nodes.setLabel(labelIndex('nodename'), node, builder.strings.intern('n1'));
  nodes.set(metricId('filesystem/usage[/]'), node, 5);
  return builder.build();
}

describe('encodeLog in the form of Heapster', () => {
  it('prints sets by key, with times, sorted labels, metrics and labelled metrics', () => {
    const { requests } = encode(smallBatch(), 'heapster');

    expect(requests.map(({ text }) => text).join('')).toBe(`DataBatch     Timestamp: 2018-05-07 13:05:00 +0000 UTC

MetricSet: namespace:default/pod:web
   Scrape time: 2018-05-07 13:04:51 +0000 UTC 1525698291000000000
   Create time: 2018-05-06 00:00:00 +0000 UTC 1525564800000000000
   Labels:
      labels = app:web
      namespace_name = default
      pod_name = web
      type = pod
   Metrics:
      cpu/usage_rate = 550.000000
      memory/usage = 1600
   Labeled Metrics:
      network/interface_rx = 77
         interface = eth0

MetricSet: node:n1
   Labels:
      nodename = n1
      type = node
   Metrics:
   Labeled Metrics:
      filesystem/usage = 5
         resource_id = /

`);
    expect(requests.reduce((sum, { points }) => sum + points, 0)).toBe(4);
  });

  it('lets no label begin a line of its own', () => {
    const builder = createBuilder();
    const row = addPod(builder, { pod_name: 'a', labels: 'x:1\nMetricSet: node:forged' });
    builder.table('pod').set(metricId('memory/usage'), row, 1);

    const text = encode(builder.build(), 'heapster').requests[0]?.text ?? '';

    expect(text).toContain('labels = x:1\\nMetricSet: node:forged');
    expect(text.match(/^MetricSet/gm)).toHaveLength(1);
  });
});

describe('encodeLog as JSON lines', () => {
  it('writes a line per row that has values', () => {
    const { requests } = encode(smallBatch(), 'json');
    const lines = requests.flatMap(({ text }) => text.trimEnd().split('\n'));

    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        timestamp: '2018-05-07T13:05:00.000Z',
        key: 'namespace:default/pod:web',
        level: 'pod',
        labels: { type: 'pod', namespace_name: 'default', pod_name: 'web', labels: 'app:web' },
        values: { 'cpu/usage_rate': 550, 'memory/usage': 1600 },
        labelled: [{ name: 'network/interface_rx', labels: { interface: 'eth0' }, value: 77 }],
        scraped: '2018-05-07T13:04:51.000Z',
        created: '2018-05-06T00:00:00.000Z',
        flags: ['cpuRateFallback'],
      },
      {
        timestamp: '2018-05-07T13:05:00.000Z',
        key: 'node:n1',
        level: 'node',
        labels: { type: 'node', nodename: 'n1' },
        values: {},
        labelled: [{ name: 'filesystem/usage', labels: { resource_id: '/' }, value: 5 }],
      },
    ]);
  });

  it('has the statistics of totals', () => {
    const builder = createBuilder();
    const table = builder.table('cluster');
    const row = table.addRow();
    const id = metricId('cpu/usage_rate');
    table.set(id, row, 900);
    const { count, min, max } = table.statistics(id);
    [count[row], min[row], max[row]] = [3, 100, 550];

    const line = JSON.parse(encode(builder.build(), 'json').requests[0]?.text ?? '') as unknown;

    expect(line).toMatchObject({
      values: { 'cpu/usage_rate': 900 },
      statistics: { 'cpu/usage_rate': { count: 3, min: 100, max: 550 } },
    });
  });
});

describe('encodeLog', () => {
  it('makes pieces of whole rows, each within the limits, and none before it is asked for', () => {
    const builder = createBuilder();
    for (let index = 0; index < 500; index++) {
      builder.table('pod').set(metricId('memory/usage'), addPod(builder, { pod_name: `p${index}` }), index);
    }
    const batch = builder.build();

    const first = encodeLog(batch, 'json', LIMITS, () => {}).next();
    const { requests } = encode(batch, 'json');

    expect(first.done).toBe(false);
    expect(requests.length).toBeGreaterThan(10);
    for (const { text, bytes } of requests) {
      expect(bytes).toBe(Buffer.byteLength(text));
      expect(bytes).toBeLessThanOrEqual(LIMITS.maxBytes);
      expect(text.endsWith('}\n')).toBe(true);
    }
  });

  it('counts bytes, not characters', () => {
    const builder = createBuilder();
    builder.table('pod').set(metricId('memory/usage'), addPod(builder, { pod_name: 'ü'.repeat(1_900) }), 1);

    const { requests, rejected } = encode(builder.build(), 'json');

    expect([requests, rejected]).toEqual([[], [{ points: 1, reason: 'a row of more than 4096 bytes is not written' }]]);
  });

  it('writes nothing for rows without values', () => {
    const builder = createBuilder();
    addPod(builder, { pod_name: 'silent' });

    expect(encode(builder.build(), 'heapster').requests).toEqual([]);
  });

  it('counts numbers that are not finite as rejected', () => {
    const builder = createBuilder();
    const row = addPod(builder, { pod_name: 'a' });
    builder.table('pod').set(metricId('cpu/usage_rate'), row, Number.NEGATIVE_INFINITY);
    builder.table('pod').set(metricId('memory/usage'), row, 1);

    const { requests, rejected } = encode(builder.build(), 'json');

    expect(requests[0]?.points).toBe(1);
    expect(rejected).toEqual([{ points: 1, reason: 'a value that is not a finite number is not written' }]);
  });

  it('divides a row that has more values than fit into a request', () => {
    const { requests } = encode(smallBatch(), 'json', { ...LIMITS, maxPoints: 2 });

    expect(requests.map(({ points }) => points)).toEqual([2, 2]);
  });
});
