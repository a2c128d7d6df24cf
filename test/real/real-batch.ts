import { parseUri } from '../../shared/config/uri.ts';
import { labelOf, type MetricBatch } from '../../shared/core/batch.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { createDeadline } from '../../shared/core/deadline.ts';
import { heapsterType, LEVELS } from '../../shared/core/level.ts';
import { DENSE_METRICS, METRICS } from '../../shared/core/metrics.ts';
import type { UnixMillis } from '../../shared/core/units.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { SinkReport } from '../../shared/delivery/report.ts';
import { openSink } from '../../shared/sinks/registry.ts';
import { createRowReader } from '../../shared/sinks/row-values.ts';
import { selectBatch } from '../../shared/sinks/selection.ts';
import { createBuilder, lastMinute, nodeName, setLabels } from '../contract/sinks/contract-batch.ts';

/** Names that every format must bring over unharmed. */
const ODD_NAMES = ['a b', 'a,b', 'a=b', 'a"b', "a'b", 'a\\b', 'ä€😀', 'a;b', 'a:b|c', 'a.b/c', '{a}', 'a\tb', '%41'];

/** One value of a batch, read without any encoder: catalog name, labels with `type` and the value's own, value. */
export interface ExpectedValue {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * A batch for real backends: every metric at every level, 300 nodes, odd names, extreme numbers. `oddNames` false leaves
 * the odd names out.
 */
export function realBatch(options: { readonly oddNames: boolean; readonly timestamp?: UnixMillis }): MetricBatch {
  const builder = createBuilder(options.timestamp ?? lastMinute());
  for (const level of LEVELS) {
    const table = builder.table(level);
    const row = table.addRow();
    setLabels(builder, level, row, {
      ...(level === 'cluster' ? {} : { namespace_name: 'shop' }),
      ...(['pod', 'pod_container', 'volume'].includes(level) ? { pod_name: 'web-0', pod_id: 'uid-1' } : {}),
      ...(['pod_container', 'sys_container'].includes(level) ? { container_name: 'app' } : {}),
      ...(['node', 'sys_container'].includes(level) ? { nodename: 'n1', hostname: 'n1.local' } : {}),
      ...(level === 'volume' ? { volume_name: 'data', resource_id: 'Volume:data' } : {}),
      ...(level === 'workload' ? { workload_kind: 'Deployment', workload_name: 'web' } : {}),
      ...(level === 'group' ? { grouping: 'namespace' } : {}),
    });
    for (const metric of METRICS.filter(({ levels }) => levels.includes(level))) {
      const value = metric.valueType === 'int64' ? 1_000_003 * (metric.id + 1) : (metric.id + 1) / 7;
      if (metric.id < DENSE_METRICS) table.set(metric.id, row, value);
      else
        for (const eth of ['eth0', 'eth1']) table.addSparse(row, metric.id, builder.ownLabels('interface', eth), value);
    }
  }
  const names = [...Array.from({ length: 300 }, (_, index) => nodeName(index)), ...(options.oddNames ? ODD_NAMES : [])];
  const numbers = [0, 1, 2 ** 31, 2 ** 53, 0.1, 1 / 3, 1e-9, 123_456_789.123_456_79, 5e-7, 1e15 + 0.5];
  const nodes = builder.table('node');
  for (const [index, name] of names.entries()) {
    const row = nodes.addRow();
    setLabels(builder, 'node', row, { nodename: name });
    nodes.set(2, row, numbers[index % numbers.length] ?? 0);
    nodes.set(3, row, Math.floor(numbers[index % numbers.length] ?? 0));
  }
  return builder.build();
}

/** Every value of a batch. Absent and empty labels are not there. */
export function expectedValues(batch: MetricBatch): readonly ExpectedValue[] {
  return LEVELS.flatMap((level) => {
    const table = batch.tables[level];
    if (table === undefined) return [];
    const read = createRowReader(batch, table);
    return Array.from({ length: table.rows }, (_, row) => row).flatMap((row) => {
      const labels: Record<string, string> = { type: heapsterType(level) };
      for (const [index, key] of batch.labelKeys.entries()) {
        const text = labelOf(batch, table, index, row);
        if (text !== undefined && text !== '') labels[key] = text;
      }
      return read(row).map(({ metric, own, value }) => ({
        metric: metric.name,
        labels: { ...labels, ...Object.fromEntries(own) },
        value,
      }));
    });
  });
}

/** Delivers a batch to the sink of a URI, as a tick does. */
export async function deliverTo(uri: string, batch: MetricBatch): Promise<SinkReport> {
  const sink = await openSink(parseUri(uri, {}), { clock: systemClock, notice: () => {}, write: () => {} });
  try {
    using deadline = createDeadline(systemClock.now() + 30_000, systemClock);
    return await deliver(sink, selectBatch(batch, sink.selection), {
      deadline,
      clock: systemClock,
      random: Math.random,
    });
  } finally {
    await sink.close();
  }
}

/** Values by series: the metric and all labels in order. Throws if two values are of one series. */
export function bySeries(values: readonly ExpectedValue[]): ReadonlyMap<string, number> {
  const map = new Map<string, number>();
  for (const { metric, labels, value } of values) {
    const key = `${metric} ${JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
    if (map.has(key)) throw new Error(`twice: ${key}`);
    map.set(key, value);
  }
  return map;
}
