import { serialize } from 'node:v8';
import type { MetricBatch } from '../../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { type LabelKey, labelIndex } from '../../../shared/core/labels.ts';
import { LEVELS, type Level } from '../../../shared/core/level.ts';
import { DENSE_METRICS, METRICS, type MetricDescriptor, metricId } from '../../../shared/core/metrics.ts';
import { MINUTE, type UnixMillis } from '../../../shared/core/units.ts';

/** The minute that just ended: backends refuse old stamps. */
export function lastMinute(): UnixMillis {
  return Math.floor(Date.now() / MINUTE) * MINUTE;
}

export function createBuilder(timestamp: UnixMillis = lastMinute()): MetricBatchBuilder {
  return new MetricBatchBuilder({ timestamp, resolution: MINUTE, cluster: 'prod' });
}

/** Sets labels of a row by name. */
export function setLabels(
  builder: MetricBatchBuilder,
  level: Level,
  row: number,
  labels: Readonly<Partial<Record<LabelKey, string>>>,
): void {
  for (const [key, value] of Object.entries(labels)) {
    builder.table(level).setLabel(labelIndex(key as LabelKey), row, builder.strings.intern(value));
  }
}

export function nodeName(index: number): string {
  return `node-${String(index).padStart(6, '0')}`;
}

/** A batch with one point per node: `cpu/usage_rate` of node i is i + 0.5, or what `usage` says. */
export function nodeBatch(nodes: number, usage: (index: number) => number = (index) => index + 0.5): MetricBatch {
  const builder = createBuilder();
  const table = builder.table('node');
  for (let index = 0; index < nodes; index++) {
    const row = table.addRow();
    setLabels(builder, 'node', row, { nodename: nodeName(index) });
    table.set(metricId('cpu/usage_rate'), row, usage(index));
  }
  return builder.build();
}

const NAMES: Readonly<Record<Level, Readonly<Partial<Record<LabelKey, string>>>>> = {
  cluster: {},
  namespace: { namespace_name: 'shop' },
  workload: { namespace_name: 'shop', workload_kind: 'Deployment', workload_name: 'web' },
  group: { grouping: 'namespace', namespace_name: 'shop' },
  node: { nodename: 'n1', hostname: 'n1' },
  sys_container: { nodename: 'n1', container_name: 'kubelet' },
  pod: { namespace_name: 'shop', pod_name: 'web-0', nodename: 'n1' },
  pod_container: { namespace_name: 'shop', pod_name: 'web-0', container_name: 'app', nodename: 'n1' },
  volume: { namespace_name: 'shop', pod_name: 'web-0', volume_name: 'data', resource_id: 'Volume:data' },
};

/** A batch with a single value of a metric at a level. */
export function singleValueBatch(metric: MetricDescriptor, level: Level, value: number): MetricBatch {
  const builder = createBuilder();
  const row = builder.table(level).addRow();
  setLabels(builder, level, row, NAMES[level]);
  builder.table(level).setStart(row, lastMinute() - 90 * MINUTE - 7);
  if (metric.id < DENSE_METRICS) builder.table(level).set(metric.id, row, value);
  else builder.table(level).addSparse(row, metric.id, builder.ownLabels('interface', 'eth0'), value);
  return builder.build();
}

/** A small batch with every level and every metric of the catalog, at a fixed time; for golden files. */
export function wholeCatalogBatch(): MetricBatch {
  const builder = createBuilder(Date.UTC(2026, 10, 24, 0, 1));
  for (const level of LEVELS) {
    const table = builder.table(level);
    const row = table.addRow();
    setLabels(builder, level, row, NAMES[level]);
    table.setCreated(row, Date.UTC(2026, 10, 20, 12));
    table.setSampled(0, row, Date.UTC(2026, 10, 24, 0, 0, 52));
    for (const metric of METRICS.filter(({ levels }) => levels.includes(level))) {
      const value = metric.valueType === 'int64' ? 1000 + metric.id : metric.id / 8;
      if (metric.id >= DENSE_METRICS) {
        table.addSparse(row, metric.id, builder.ownLabels('interface', 'eth0'), value);
        continue;
      }
      table.set(metric.id, row, value);
      if (!metric.summed || !['cluster', 'namespace', 'workload', 'group'].includes(level)) continue;
      const statistics = table.statistics(metric.id);
      statistics.count[row] = 4;
      statistics.min[row] = value / 8;
      statistics.max[row] = value / 2;
    }
  }
  return builder.build();
}

/** Everything of a batch that a sink could write to, as bytes. */
export function fingerprint(batch: MetricBatch): string {
  const { timestamp, cluster, labelKeys, ownLabels, tables, strings } = batch;
  return serialize({ timestamp, cluster, labelKeys, ownLabels, tables, strings: strings.size }).toString('base64');
}
