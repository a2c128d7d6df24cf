// hot path: bench "sinks"
import type { MetricBatch, MetricTable, OwnLabels } from '../../core/batch.ts';
import type { MetricDescriptor, MetricKind } from '../../core/metrics.ts';
import { createLabelName, createLabelSlots, type LabelName, type LabelSlot } from './encode-label-slots.ts';
import { NAME_LABEL, toLabelName, toMetricName } from './names.ts';
import type { RemoteWriteSettings } from './settings.ts';

/** A label that comes with a metric, the metric's name included. */
export interface PartLabel {
  readonly name: LabelName;
  readonly value: string;
  /** As it stands in the request of that serial number, and where it stood last in the original; -1 = nowhere. */
  bytes: Buffer;
  serial: number;
  position: number;
}

/** What all series of a metric (with the same own labels) in a table have in common. */
export interface SeriesPart {
  /** The metric's name first. */
  readonly own: readonly PartLabel[];
  /** The order of labels: n ≥ 0 = segment n of the row, -n-1 = `own[n]`. */
  readonly pieces: Int32Array;
  /** True if all segments of the row are among the pieces. */
  readonly hasWholeRow: boolean;
  /** Size of its own labels in the request of `serial`. */
  ownSize: number;
  readonly scale: number;
  readonly kind: MetricKind;
  readonly help: string;
  readonly unit: string;
  /** Metadata (version 2.0) in the request of that serial number. */
  metadata: Buffer;
  serial: number;
}

/** One metric of a table with its column. */
export interface DensePart {
  readonly part: SeriesPart;
  readonly column: Float64Array;
}

/** What is the same for all rows of a table. A row's labels are cut into segments wherever a metric's own label goes. */
export interface TableLayout {
  readonly table: MetricTable;
  readonly slots: readonly LabelSlot[];
  /** Slots at which segments begin; the last entry is the number of slots. */
  readonly cuts: Int32Array;
  readonly dense: readonly DensePart[];
  /** The part of a sparse value; undefined if the dialect has no word for it. */
  sparse(metric: number, own: number): SeriesPart | undefined;
}

const NONE = Buffer.alloc(0);

interface Draft {
  readonly metric: MetricDescriptor;
  readonly column: Float64Array | undefined;
  readonly key: number;
  readonly own: OwnLabels;
}

/** The layout of a table. `unnamed` is told the points of dense metrics that the dialect has no word for. */
export function createTableLayout(
  batch: MetricBatch,
  table: MetricTable,
  settings: RemoteWriteSettings,
  unnamed: (metric: MetricDescriptor, points: number) => void,
): TableLayout {
  const slots = createLabelSlots(batch, table, settings);
  const drafts = [...denseDrafts(batch, table), ...sparseDrafts(batch, table)];
  const places = new Set([0, slots.length]);
  const placed = drafts.map((draft) => place(draft, slots, places, table, settings));
  const cuts = Int32Array.from([...places].sort((a, b) => a - b));
  const dense: DensePart[] = [];
  const sparse = new Map<number, SeriesPart>();
  for (const [at, { metric, column, key }] of drafts.entries()) {
    const part = placed[at]?.(cuts);
    if (part === undefined) {
      if (column !== undefined) unnamed(metric, countValues(column));
    } else if (column === undefined) sparse.set(key, part);
    else dense.push({ part, column });
  }
  const sets = batch.ownLabels.length;
  return { table, slots, cuts, dense, sparse: (metric, own) => sparse.get(metric * sets + own) };
}

function denseDrafts(batch: MetricBatch, table: MetricTable): readonly Draft[] {
  return batch.metrics.flatMap((metric) => {
    const column = table.columns[metric.id];
    return column === undefined ? [] : [{ metric, column, key: -1, own: [] }];
  });
}

function sparseDrafts(batch: MetricBatch, table: MetricTable): readonly Draft[] {
  const { sparse } = table;
  const sets = batch.ownLabels.length;
  const keys = new Set<number>();
  for (let at = 0; at < sparse.length; at++) keys.add(sparse.metric[at]! * sets + sparse.own[at]!);
  return [...keys].map((key) => {
    const metric = batch.metrics[Math.floor(key / sets)]!;
    return { metric, column: undefined, key, own: batch.ownLabels[key % sets]! };
  });
}

/** Marks the cuts that a metric's own labels need; the part is made when all cuts are known. */
function place(
  { metric, own }: Draft,
  slots: readonly LabelSlot[],
  places: Set<number>,
  table: MetricTable,
  { dialect }: RemoteWriteSettings,
): ((cuts: Int32Array) => SeriesPart) | undefined {
  const said = dialect.metric(metric, table.level);
  if (said === undefined) return undefined;
  const labels = new Map<string, string>();
  for (const [key, value] of own) if (value !== '') labels.set(toLabelName(dialect.ownLabel(key)), value);
  for (const [name, value] of said.labels) if (value !== '') labels.set(toLabelName(name), value);
  const parts = [[NAME_LABEL, toMetricName(said.name, dialect)] as const, ...labels].map(
    ([name, value]): PartLabel => ({
      name: createLabelName(name),
      value,
      bytes: NONE,
      serial: -1,
      position: -1,
    }),
  );
  /** Where each own label goes, and whether a label of the row gives way to it. */
  const goes = parts.map(({ name }, index) => {
    const at = slots.findIndex((slot) => slot.name >= name.text);
    const before = at < 0 ? slots.length : at;
    const hides = slots[before]?.name === name.text;
    places.add(before);
    if (hides) places.add(before + 1);
    return { index, before, hides, text: name.text };
  });
  goes.sort((a, b) => (a.text < b.text ? -1 : 1));
  return (cuts) => {
    const pieces: number[] = [];
    let next = 0;
    for (let segment = 0; segment < cuts.length; segment++) {
      for (; goes[next]?.before === cuts[segment]; next++) pieces.push(-goes[next]!.index - 1);
      const hidden = goes.some(({ before, hides }) => hides && before === cuts[segment]);
      if (segment < cuts.length - 1 && !hidden) pieces.push(segment);
    }
    const segments = pieces.filter((piece) => piece >= 0).length;
    return {
      own: parts,
      pieces: Int32Array.from(pieces),
      hasWholeRow: segments === cuts.length - 1,
      ownSize: 0,
      scale: said.scale,
      kind: said.kind === 'cumulative' ? 'cumulative' : 'gauge',
      help: metric.description,
      unit: said.unit,
      metadata: NONE,
      serial: -1,
    };
  };
}

function countValues(column: Float64Array): number {
  let points = 0;
  for (const value of column) if (!Number.isNaN(value)) points++;
  return points;
}
