// hot path: bench "sinks"
import type { MetricBatch, MetricTable, OwnLabels } from '../../core/batch.ts';
import type { MetricDescriptor } from '../../core/metrics.ts';
import type { DialectMetric } from '../../dialects/dialect.ts';
import { ProtobufWriter } from '../protobuf/encode-protobuf.ts';
import { createRowSlots, type RowSlot } from '../protobuf/encode-row-slots.ts';
import { encodeKey, writeAttribute } from './encode-attribute.ts';
import type { OtlpSettings } from './settings.ts';
import { TAG } from './wire.ts';

/** A label of a table's rows with its key's bytes. */
export interface AttributeSlot extends RowSlot {
  readonly key: Buffer;
}

/** What all points of a catalog metric (with the same own labels) in a table have in common. */
export interface PointPart {
  /** Attributes of the point itself, with their tags. */
  readonly attributes: Buffer;
  /** Row labels that these attributes stand in place of, if labels go with the points. */
  readonly hides: ReadonlySet<string>;
  readonly scale: number;
  readonly group: MetricGroup;
}

/** What makes one Metric of a row: all its points with one name, unit, kind and type. */
export interface MetricGroup {
  /** Name, description and unit, with their tags. */
  readonly head: Buffer;
  /** A sum, which begins at a start time; else a gauge. */
  readonly cumulative: boolean;
  /** A sum that only grows. */
  readonly monotonic: boolean;
  /** True for `as_int`. */
  readonly whole: boolean;
  readonly dense: { readonly part: PointPart; readonly column: Float64Array }[];
  /** The points of the row in the making: the first `count` entries. */
  readonly parts: PointPart[];
  readonly values: number[];
  count: number;
}

export interface TableLayout {
  readonly table: MetricTable;
  readonly slots: readonly AttributeSlot[];
  /** Grows when a sparse value has a new one. */
  readonly groups: readonly MetricGroup[];
  /** The part of a sparse value; undefined if the dialect has no word for it. */
  sparse(metric: number, own: number): PointPart | undefined;
}

/** The layout of a table. `unnamed` is told the points of dense metrics that the dialect has no word for. */
export function createTableLayout(
  batch: MetricBatch,
  table: MetricTable,
  settings: OtlpSettings,
  unnamed: (metric: MetricDescriptor, points: number) => void,
): TableLayout {
  const { dialect, toAttribute, resource, attributes } = settings;
  const slots = createRowSlots(batch, table, {
    dialect,
    external: [],
    toName: toAttribute,
    // What every resource has is not said again by a row.
    reserved: attributes === 'resource' ? resource.map(([name]) => name) : [],
  }).map((slot) => ({ ...slot, key: encodeKey(slot.name) }));
  const names = new Set(slots.map(({ name }) => name));
  const groups: MetricGroup[] = [];
  const byKey = new Map<string, MetricGroup>();
  const groupOf = (metric: MetricDescriptor, said: DialectMetric): MetricGroup => {
    const { name, unit, kind, valueType } = said;
    const key = [name, unit, kind, valueType].join('\0');
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const out = new ProtobufWriter();
    out.text(TAG.name, settings.toMetric(name));
    if (settings.descriptions) out.text(TAG.description, metric.description);
    out.text(TAG.unit, unit);
    const group: MetricGroup = {
      head: out.copy(),
      cumulative: kind !== 'gauge',
      monotonic: kind === 'cumulative',
      whole: valueType === 'int64',
      dense: [],
      parts: [],
      values: [],
      count: 0,
    };
    byKey.set(key, group);
    groups.push(group);
    return group;
  };
  const partOf = (metric: MetricDescriptor, own: OwnLabels): PointPart | undefined => {
    const said = dialect.metric(metric, table.level);
    if (said === undefined) return undefined;
    const labels = new Map<string, string>();
    for (const [key, value] of own) if (value !== '') labels.set(toAttribute(dialect.ownLabel(key)), value);
    for (const [name, value] of said.labels) if (value !== '') labels.set(toAttribute(name), value);
    const out = new ProtobufWriter();
    for (const [name, value] of labels) writeAttribute(out, TAG.pointAttributes, encodeKey(name), value);
    const hides = new Set([...labels.keys()].filter((name) => attributes === 'point' && names.has(name)));
    return { attributes: out.copy(), hides, scale: said.scale, group: groupOf(metric, said) };
  };
  for (const metric of batch.metrics) {
    const column = table.columns[metric.id];
    if (column === undefined) continue;
    const part = partOf(metric, []);
    if (part !== undefined) part.group.dense.push({ part, column });
    else
      unnamed(
        metric,
        column.reduce((points, value) => (Number.isNaN(value) ? points : points + 1), 0),
      );
  }
  const sparse = new Map<number, PointPart | undefined>();
  const sets = batch.ownLabels.length;
  return {
    table,
    slots,
    groups,
    sparse(metric, own) {
      const key = metric * sets + own;
      if (!sparse.has(key)) sparse.set(key, partOf(batch.metrics[metric]!, batch.ownLabels[own]!));
      return sparse.get(key);
    },
  };
}
