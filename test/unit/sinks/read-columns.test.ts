import { describe, expect, it } from 'vitest';
import { countBatchPoints, type MetricBatch } from '../../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { labelIndex } from '../../../shared/core/labels.ts';
import { LEVELS, type Level } from '../../../shared/core/level.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import containerinsights from '../../../shared/dialects/containerinsights.ts';
import heapster from '../../../shared/dialects/heapster.ts';
import prometheus from '../../../shared/dialects/prometheus.ts';
import { selectBatch, toSelection } from '../../../shared/sinks/selection.ts';

const OPTIONS = { levels: LEVELS, metrics: ['*'], namespaces: [], labels: [], max_series: undefined } as const;

type Values = Readonly<Record<string, number>>;

/** Two nodes of 4 and 8 cores; a pod with a container on the second, of the namespace `shop`. */
function cluster(): MetricBatch {
  const builder = new MetricBatchBuilder({ timestamp: 0, resolution: 60_000, cluster: 'c' });
  const add = (level: Level, values: Values, parent = -1): void => {
    const table = builder.table(level);
    const row = table.addRow();
    table.setParent(row, parent);
    for (const [key, value] of Object.entries(values)) table.set(metricId(key), row, value);
    if (level !== 'node') table.setLabel(labelIndex('namespace_name'), row, builder.strings.intern('shop'));
  };
  add('node', { 'cpu/usage_rate': 1_000, 'cpu/node_capacity': 4_000, 'network/rx_rate': 10, 'network/tx_rate': 5 });
  add('node', { 'cpu/usage_rate': 2_000, 'cpu/node_capacity': 8_000, 'network/rx_rate': 7 });
  add('pod', { 'cpu/usage_rate': 800, 'cpu/limit': 0, 'cpu/request': 400 }, 1);
  add('pod_container', { 'cpu/usage_rate': 80, 'cpu/limit': 500, 'cpu/request': 0 }, 0);
  return builder.build();
}

function read(batch: MetricBatch, level: Level, key: string): readonly (number | undefined)[] {
  return [...(batch.tables[level]?.columns[metricId(key)] ?? [])];
}

describe('values that a dialect makes', () => {
  const selected = selectBatch(cluster(), toSelection(OPTIONS, { dialect: containerinsights }));

  it('are ratios of two of the row, before the factor', () => {
    // The catalog's own column is empty: the value comes from use and capacity alone.
    const batch = selectBatch(withUtilization(), toSelection(OPTIONS, { dialect: containerinsights }));

    expect(read(batch, 'node', 'cpu/node_utilization')).toEqual([0.25]);
  });

  it('are parts of the capacity of the row’s own node, of containers through their pod', () => {
    expect(read(selected, 'pod', 'cpu/usage_rate')).toEqual([0.1]);
    expect(read(selected, 'pod', 'cpu/request')).toEqual([0.05]);
    expect(read(selected, 'pod_container', 'cpu/usage_rate')).toEqual([0.01]);
  });

  it('are sums, absent where one of both is', () => {
    expect(read(selected, 'node', 'network/rx_rate')).toEqual([15, Number.NaN]);
  });

  it('are absent where 0 says that there is none', () => {
    expect(read(selected, 'pod', 'cpu/limit')).toEqual([Number.NaN]);
    expect(read(selected, 'pod_container', 'cpu/limit')).toEqual([500]);
    expect(read(selected, 'pod_container', 'cpu/request')).toEqual([Number.NaN]);
  });

  it('leave the batch as it was, for the other sinks', () => {
    const batch = cluster();
    const before = countBatchPoints(batch);

    selectBatch(batch, toSelection(OPTIONS, { dialect: containerinsights }));

    expect(countBatchPoints(batch)).toBe(before);
    expect(read(batch, 'pod', 'cpu/usage_rate')).toEqual([800]);
  });

  it('are made before rows are left out', () => {
    const filtered = selectBatch(
      cluster(),
      toSelection({ ...OPTIONS, levels: ['pod'], namespaces: ['s*'] }, { dialect: containerinsights }),
    );

    expect(read(filtered, 'pod', 'cpu/usage_rate')).toEqual([0.1]);
  });

  it('cost nothing with Heapster’s names: columns are those of the batch', () => {
    const batch = cluster();
    const plain = selectBatch(batch, toSelection(OPTIONS, { dialect: heapster }));

    expect(plain.tables.pod).toBe(batch.tables.pod);
  });
});

describe('rows that a dialect has no word for', () => {
  it('are left out: in prometheus, volumes without a claim', () => {
    const builder = new MetricBatchBuilder({ timestamp: 0, resolution: 60_000, cluster: 'c' });
    const table = builder.table('volume');
    for (const claim of ['data-web-0', undefined]) {
      const row = table.addRow();
      table.set(metricId('filesystem/usage'), row, claim === undefined ? 1 : 2);
      table.setLabel(labelIndex('pvc_name'), row, builder.strings.intern(claim));
    }
    const batch = builder.build();

    const selected = selectBatch(batch, toSelection(OPTIONS, { dialect: prometheus }));

    expect(read(selected, 'volume', 'filesystem/usage')).toEqual([2]);
    expect(selectBatch(batch, toSelection(OPTIONS, { dialect: heapster })).tables.volume?.rows).toBe(2);
  });
});

function withUtilization(): MetricBatch {
  const builder = new MetricBatchBuilder({ timestamp: 0, resolution: 60_000, cluster: 'c' });
  const table = builder.table('node');
  const row = table.addRow();
  table.set(metricId('cpu/usage_rate'), row, 1_000);
  table.set(metricId('cpu/node_capacity'), row, 4_000);
  // Of what is allocatable; Container Insights has it of the capacity.
  table.set(metricId('cpu/node_utilization'), row, 0.3);
  return builder.build();
}
