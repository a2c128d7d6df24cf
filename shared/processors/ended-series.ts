// hot path: bench "whole tick" with a sink that ends series
import type { MetricBatch, MetricTable } from '../core/batch.ts';
import { MetricBatchBuilder } from '../core/batch-builder.ts';
import { DENSE_METRICS, METRICS } from '../core/metrics.ts';
import type { SeriesSegment, SeriesTable } from '../state/series.ts';

const CATALOG: ReadonlyMap<string, number> = new Map(METRICS.map(({ key, id }) => [key, id]));

/**
 * Series of earlier ticks that a batch does not have any more, as a batch of the same stamp: a value that is not NaN marks
 * one. `isSettled` tells of a row's node whether its absence says anything: a node that did not answer has ended nothing.
 * Undefined if nothing ended.
 */
export function findEnded(
  previous: readonly SeriesSegment[],
  batch: MetricBatch,
  isSettled: (node: string | undefined) => boolean,
): MetricBatch | undefined {
  const strings = new Map<string, number>();
  for (let id = 1; id < batch.strings.size; id++) strings.set(batch.strings.get(id)!, id);
  const builder = new MetricBatchBuilder({
    timestamp: batch.timestamp,
    resolution: batch.resolution,
    cluster: batch.cluster,
    extraLabelKeys: [...new Set([...batch.labelKeys, ...previous.flatMap(({ labelKeys }) => labelKeys)])],
  });
  let ended = false;
  const rows = new RowIndex(batch);
  const metricIds = new Map(batch.metrics.map(({ key, id }) => [key, id]));
  for (const segment of previous) {
    const reader = new SegmentReader(segment, batch, strings, metricIds);
    const node = segment.labelKeys.indexOf('nodename');
    for (const table of segment.tables) {
      const nodes = table.labels[node];
      reader.open(table);
      for (let row = 0; row < table.rows; row++) {
        if (!isSettled(segment.strings[nodes?.[row] ?? 0] || undefined)) continue;
        const now = reader.readLabels(row) ? rows.find(table.level, reader.labels) : -1;
        if (reader.markEnded(row, batch.tables[table.level], now, builder)) ended = true;
      }
    }
  }
  return ended ? builder.build() : undefined;
}

/** Rows of a batch by all their labels. */
class RowIndex {
  readonly #batch: MetricBatch;
  readonly #byHash = new Map<string, Map<number, number[]>>();
  readonly #labels: Int32Array;

  constructor(batch: MetricBatch) {
    this.#batch = batch;
    this.#labels = new Int32Array(batch.labelKeys.length);
    for (const table of Object.values(batch.tables)) this.#add(table);
  }

  /** The row with exactly these labels; -1 = there is none. */
  find(level: string, labels: Int32Array): number {
    const table = this.#batch.tables[level as MetricTable['level']];
    for (const row of this.#byHash.get(level)?.get(hash(labels)) ?? []) {
      if (table!.labels.every((column, key) => (column?.[row] ?? 0) === labels[key])) return row;
    }
    return -1;
  }

  #add(table: MetricTable): void {
    const byHash = new Map<number, number[]>();
    for (let row = 0; row < table.rows; row++) {
      for (let key = 0; key < this.#labels.length; key++) this.#labels[key] = table.labels[key]?.[row] ?? 0;
      const key = hash(this.#labels);
      const same = byHash.get(key);
      if (same === undefined) byHash.set(key, [row]);
      else same.push(row);
    }
    this.#byHash.set(table.level, byHash);
  }
}

function hash(labels: Int32Array): number {
  let sum = 0;
  for (const id of labels) sum = (Math.imul(sum, 31) + id) | 0;
  return sum;
}

/** Reads the rows of a segment in the numbers of the batch. */
class SegmentReader {
  /** The row's labels, by the batch's label keys and string ids. */
  readonly labels: Int32Array;
  readonly #segment: SeriesSegment;
  readonly #keys: readonly number[];
  readonly #ids: Int32Array;
  readonly #metrics: readonly (number | undefined)[];
  readonly #ownIds: ReadonlyMap<string, number>;
  #table: SeriesTable | undefined;
  /** By row: indices of its sparse values. */
  #sparse = new Map<number, number[]>();
  /** Sparse values of the batch, once they are asked for: `row metric own`. */
  #present = new Set<string>();

  constructor(
    segment: SeriesSegment,
    batch: MetricBatch,
    strings: ReadonlyMap<string, number>,
    metricIds: ReadonlyMap<string, number>,
  ) {
    this.#segment = segment;
    this.labels = new Int32Array(batch.labelKeys.length);
    this.#keys = segment.labelKeys.map((key) => batch.labelKeys.indexOf(key));
    // -1: a text that no row of the batch has.
    this.#ids = Int32Array.from(segment.strings, (text, id) => (id === 0 ? 0 : (strings.get(text) ?? -1)));
    this.#metrics = segment.metrics.map(([key]) => metricIds.get(key));
    this.#ownIds = new Map(batch.ownLabels.map((own, id) => [JSON.stringify(own), id]));
    this.#batch = batch;
  }
  readonly #batch: MetricBatch;

  open(table: SeriesTable): void {
    this.#table = table;
    this.#sparse = new Map();
    for (const [at, row] of table.sparse.row.entries()) {
      const known = this.#sparse.get(row);
      if (known === undefined) this.#sparse.set(row, [at]);
      else known.push(at);
    }
    this.#present = new Set();
    const now = this.#batch.tables[table.level]?.sparse;
    if (now === undefined || this.#sparse.size === 0) return;
    for (let at = 0; at < now.length; at++) this.#present.add(`${now.row[at]} ${now.metric[at]} ${now.own[at]}`);
  }

  /** Reads a row's labels. False if the batch cannot have them. */
  readLabels(row: number): boolean {
    this.labels.fill(0);
    for (const [index, column] of this.#table!.labels.entries()) {
      const id = this.#ids[column?.[row] ?? 0]!;
      if (id === 0) continue;
      const key = this.#keys[index]!;
      if (id < 0 || key < 0) return false;
      this.labels[key] = id;
    }
    return true;
  }

  /** Marks in `builder` what a row had and does not have now (`now` = its row in the batch, -1 = gone). True if anything. */
  markEnded(row: number, current: MetricTable | undefined, now: number, builder: MetricBatchBuilder): boolean {
    const table = this.#table!;
    let target = -1;
    const mark = (): number => {
      if (target < 0) target = this.#addRow(row, builder);
      return target;
    };
    for (const [index, column] of table.has.entries()) {
      if (column === undefined || column[row] !== 1) continue;
      const id = this.#metrics[index];
      const value = id === undefined || now < 0 ? Number.NaN : (current?.columns[id]?.[now] ?? Number.NaN);
      const known = CATALOG.get(this.#segment.metrics[index]![0]);
      if (Number.isNaN(value) && known !== undefined && known < DENSE_METRICS) {
        builder.table(table.level).set(known, mark(), 1);
      }
    }
    for (const at of this.#sparse.get(row) ?? []) {
      const [key, kind] = this.#segment.metrics[table.sparse.metric[at]!]!;
      const own = this.#segment.own[table.sparse.own[at]!]!;
      const id = this.#metrics[table.sparse.metric[at]!];
      const set = this.#ownIds.get(JSON.stringify(own));
      if (now >= 0 && id !== undefined && set !== undefined && this.#present.has(`${now} ${id} ${set}`)) continue;
      const metric = CATALOG.get(key) ?? builder.dynamicMetric(key, kind, [table.level]);
      builder.table(table.level).addSparse(mark(), metric, builder.ownLabels(...own.flat()), 1);
    }
    return target >= 0;
  }

  #addRow(row: number, builder: MetricBatchBuilder): number {
    const { level, labels } = this.#table!;
    const table = builder.table(level);
    const target = table.addRow();
    for (const [index, column] of labels.entries()) {
      const text = this.#segment.strings[column?.[row] ?? 0];
      if (text === undefined || text === '') continue;
      table.setLabel(builder.labelColumn(this.#segment.labelKeys[index]!), target, builder.strings.intern(text));
    }
    return target;
  }
}
