import { describe, expect, it } from 'vitest';
import { labelOf, type MetricBatch } from '../../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { labelIndex } from '../../../shared/core/labels.ts';
import { METRICS, metricId } from '../../../shared/core/metrics.ts';
import { MINUTE } from '../../../shared/core/units.ts';
import { findEnded } from '../../../shared/processors/ended-series.ts';
import { createRowReader } from '../../../shared/sinks/row-values.ts';
import { filterSegment, toSegment } from '../../../shared/state/series.ts';

const T0 = Date.UTC(2026, 10, 24);
const CPU = metricId('cpu/usage_rate');
const MEMORY = metricId('memory/usage');
const INTERFACE_RX = METRICS.findIndex(({ name }) => name === 'network/interface_rx');

interface Pod {
  readonly node?: string;
  readonly name: string;
  readonly labels?: string;
  readonly metrics?: readonly number[];
  readonly interfaces?: readonly string[];
  readonly custom?: string;
}

function podBatch(timestamp: number, pods: readonly Pod[]): MetricBatch {
  const builder = new MetricBatchBuilder({ timestamp, resolution: MINUTE, cluster: 'c' });
  const table = builder.table('pod');
  for (const { node = 'n1', name, labels, metrics = [CPU, MEMORY], interfaces = [], custom } of pods) {
    const row = table.addRow();
    table.setLabel(labelIndex('nodename'), row, builder.strings.intern(node));
    table.setLabel(labelIndex('pod_name'), row, builder.strings.intern(name));
    table.setLabel(labelIndex('labels'), row, builder.strings.intern(labels));
    for (const metric of metrics) table.set(metric, row, 7);
    for (const name of interfaces) table.addSparse(row, INTERFACE_RX, builder.ownLabels('interface', name), 7);
    if (custom !== undefined) table.addSparse(row, builder.dynamicMetric(custom, 'gauge', ['pod']), 0, 7);
  }
  return builder.build();
}

/** Every ended series as `node/pod/labels metric own`. */
function ended(before: readonly Pod[], after: readonly Pod[], settled: readonly string[] = ['n1', 'n2']): string[] {
  const batch = podBatch(T0 + MINUTE, after);
  const found = findEnded([toSegment(podBatch(T0, before))], batch, (node = '') => settled.includes(node));
  const table = found?.tables.pod;
  if (found === undefined || table === undefined) return [];
  expect(found.timestamp).toBe(T0 + MINUTE);
  const read = createRowReader(found, table);
  const label = (row: number, key: 'nodename' | 'pod_name' | 'labels'): string =>
    labelOf(found, table, labelIndex(key), row) ?? '';
  return Array.from({ length: table.rows }, (_, row) => row)
    .flatMap((row) =>
      read(row).map(({ metric, own }) => {
        const who = [label(row, 'nodename'), label(row, 'pod_name'), label(row, 'labels')].join('/');
        return [who, metric.name, ...own.flat()].join(' ');
      }),
    )
    .sort();
}

describe('series that have ended', () => {
  it('are none if everything is there again', () => {
    const pods = [{ name: 'a', interfaces: ['eth0'] }, { name: 'b' }];

    expect(ended(pods, [...pods].reverse())).toEqual([]);
  });

  it('are all those of a row that is gone', () => {
    const before = [{ name: 'a', interfaces: ['eth0', 'eth1'] }, { name: 'b' }];

    expect(ended(before, [{ name: 'b' }])).toEqual([
      'n1/a/ cpu/usage_rate',
      'n1/a/ memory/usage',
      'n1/a/ network/interface_rx interface eth0',
      'n1/a/ network/interface_rx interface eth1',
    ]);
  });

  it('are those of a metric that a row has no more', () => {
    const before = [{ name: 'a', interfaces: ['eth0', 'eth1'] }];
    const after = [{ name: 'a', metrics: [CPU], interfaces: ['eth1'] }];

    expect(ended(before, after)).toEqual(['n1/a/ memory/usage', 'n1/a/ network/interface_rx interface eth0']);
  });

  it('are those under the old labels when a label changes, comes or goes', () => {
    const before = [
      { name: 'a', labels: 'v:1', metrics: [CPU] },
      { name: 'b', metrics: [CPU] },
      { name: 'c', labels: 'v:1', metrics: [CPU] },
    ];
    const after = [{ name: 'a', labels: 'v:2' }, { name: 'b', labels: 'v:1' }, { name: 'c' }];

    expect(ended(before, after)).toEqual([
      'n1/a/v:1 cpu/usage_rate',
      'n1/b/ cpu/usage_rate',
      'n1/c/v:1 cpu/usage_rate',
    ]);
  });

  it('are none of a node whose absence says nothing', () => {
    const before = [
      { name: 'a', node: 'n1', metrics: [CPU] },
      { name: 'b', node: 'n2', metrics: [CPU] },
    ];

    expect(ended(before, [], ['n2'])).toEqual(['n2/b/ cpu/usage_rate']);
  });

  it('are those of metrics that only the cluster knew', () => {
    const before = [{ name: 'a', metrics: [], custom: 'custom/queue' }];

    expect(ended(before, [{ name: 'a', metrics: [CPU] }])).toEqual(['n1/a/ custom/queue']);
    expect(ended(before, [{ name: 'a', metrics: [CPU], custom: 'custom/queue' }])).toEqual([]);
  });

  it('are told of rows that were kept in a segment of their own', () => {
    const whole = toSegment(
      podBatch(T0, [
        { name: 'a', node: 'n1', interfaces: ['eth0'] },
        { name: 'b', node: 'n2', interfaces: ['eth1'] },
      ]),
    );
    const kept = filterSegment(whole, (_, row) => row === 1);

    const found = findEnded(kept === undefined ? [] : [kept], podBatch(T0 + MINUTE, []), () => true);

    expect(kept?.strings).toEqual(['', 'n2', 'b']);
    expect(found?.tables.pod?.rows).toBe(1);
    expect(found?.tables.pod?.sparse.length).toBe(1);
    expect(filterSegment(whole, () => false)).toBeUndefined();
  });
});
