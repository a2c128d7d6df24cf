// hot path: bench "whole tick" with a sink that ends series
import { anyBatch } from '../core/any-batch.ts';
import type { MetricBatch, MetricTable } from '../core/batch.ts';
import { MetricBatchBuilder } from '../core/batch-builder.ts';
import { keepShape } from '../core/keep-shape.ts';
import type { Level } from '../core/level.ts';
import { DENSE_METRICS, METRICS } from '../core/metrics.ts';
import type { SeriesSegment, SeriesTable } from '../state/series.ts';

/** In place of a row of the batch: there is none; its node has not told. */
const GONE = -1;
const UNSETTLED = -2;
const NO_SEGMENT: SeriesSegment = { timestamp: 0, labelKeys: [], strings: [], metrics: [], own: [], tables: [] };
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
  keepShape(RowIndex, () => new RowIndex(anyBatch()));
  keepShape(SegmentReader, () => new SegmentReader(NO_SEGMENT, anyBatch(), new Map(), new Map()));
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
      const settled = (row: number): boolean => isSettled(segment.strings[nodes?.[row] ?? 0] || undefined);
      if (reader.markAll(reader.rowsNow(rows, settled), builder)) ended = true;
    }
  }
  return ended ? builder.build() : undefined;
}

/** Rows of a batch by all their labels: chains of rows with the same hash, in typed arrays. */
class RowIndex {
  readonly #batch: MetricBatch;
  readonly #heads = new Map<string, Int32Array>();
  readonly #nexts = new Map<string, Int32Array>();
  readonly #labels: Int32Array;

  constructor(batch: MetricBatch) {
    this.#batch = batch;
    this.#labels = new Int32Array(batch.labelKeys.length);
    for (const table of Object.values(batch.tables)) this.#add(table);
  }

  /** The first row with exactly these labels; -1 = there is none. */
  find(level: Level, labels: Int32Array): number {
    const table = this.#batch.tables[level];
    const heads = this.#heads.get(level);
    const nexts = this.#nexts.get(level);
    if (table === undefined || heads === undefined || nexts === undefined) return -1;
    let row = heads[hash(labels) & (heads.length - 1)]!;
    while (row >= 0 && !isRow(table, row, labels)) row = nexts[row]!;
    return row;
  }

  #add(table: MetricTable): void {
    let size = 16;
    while (size < 2 * table.rows) size *= 2;
    const heads = new Int32Array(size).fill(-1);
    const nexts = new Int32Array(table.rows);
    const labels = this.#labels;
    // From the last row on, so that chains begin with the first.
    for (let row = table.rows - 1; row >= 0; row--) {
      for (let key = 0; key < labels.length; key++) labels[key] = table.labels[key]?.[row] ?? 0;
      const slot = hash(labels) & (size - 1);
      nexts[row] = heads[slot]!;
      heads[slot] = row;
    }
    this.#heads.set(table.level, heads);
    this.#nexts.set(table.level, nexts);
  }
}

function isRow(table: MetricTable, row: number, labels: Int32Array): boolean {
  for (let key = 0; key < labels.length; key++) if ((table.labels[key]?.[row] ?? 0) !== labels[key]) return false;
  return true;
}

function hash(labels: Int32Array): number {
  let sum = 0;
  for (let key = 0; key < labels.length; key++) sum = Math.imul(sum ^ labels[key]!, 0x9e3779b1) ^ (sum >>> 15);
  return sum ^ (sum >>> 13);
}

/** Reads the rows of a segment in the numbers of the batch. */
class SegmentReader {
  /** The row's labels, by the batch's label keys and string ids. */
  readonly labels: Int32Array;
  readonly #segment: SeriesSegment;
  readonly #keys: readonly number[];
  readonly #ids: Int32Array;
  readonly #metrics: readonly (number | undefined)[];
  /** By own-label set of the segment: that of the batch. */
  readonly #sets: readonly (number | undefined)[];
  #table: SeriesTable | undefined;
  /** By row: indices of its sparse values; made when a row's are first asked for. */
  #sparse: ReadonlyMap<number, readonly number[]> | undefined;
  /** Sparse values of the batch, once they are asked for. */
  #present = new Set<number>();

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
    const sets = new Map(batch.ownLabels.map((own, id) => [JSON.stringify(own), id]));
    this.#sets = segment.own.map((own) => sets.get(JSON.stringify(own)));
    this.#batch = batch;
  }
  readonly #batch: MetricBatch;

  open(table: SeriesTable): void {
    this.#table = table;
    this.#sparse = undefined;
    this.#present = new Set();
    const now = this.#batch.tables[table.level]?.sparse;
    if (now === undefined || table.sparse.row.length === 0) return;
    for (let at = 0; at < now.length; at++) {
      this.#present.add(this.#sparseKey(now.row[at]!, now.metric[at]!, now.own[at]!));
    }
  }

  /** Reads a row's labels. False if the batch cannot have them. */
  readLabels(row: number): boolean {
    const { labels } = this;
    labels.fill(0);
    const columns = this.#table!.labels;
    for (let index = 0; index < columns.length; index++) {
      const id = this.#ids[columns[index]?.[row] ?? 0]!;
      if (id === 0) continue;
      const key = this.#keys[index]!;
      if (id < 0 || key < 0) return false;
      labels[key] = id;
    }
    return true;
  }

  /** By row of the table: that of the batch with the same labels. */
  rowsNow(rows: RowIndex, isSettled: (row: number) => boolean): Int32Array {
    const { level, rows: count } = this.#table!;
    const now = new Int32Array(count).fill(UNSETTLED);
    for (let row = 0; row < count; row++) {
      if (isSettled(row)) now[row] = this.readLabels(row) ? rows.find(level, this.labels) : GONE;
    }
    return now;
  }

  /** Marks what ended of all rows. True if anything did. */
  markAll(now: Int32Array, builder: MetricBatchBuilder): boolean {
    const suspects = this.suspects(now);
    let ended = false;
    for (let row = 0; row < now.length; row++) {
      if (suspects[row] === 1 && this.markEnded(row, now[row]!, builder)) ended = true;
    }
    return ended;
  }

  /** Marks rows of which something may have ended with 1: by columns, since nearly all go on. `now` = rows of the batch. */
  suspects(now: Int32Array): Uint8Array {
    const { has, level, sparse } = this.#table!;
    const current = this.#batch.tables[level];
    const suspects = new Uint8Array(now.length);
    for (let index = 0; index < has.length; index++) {
      const column = has[index];
      if (column === undefined) continue;
      const id = this.#metrics[index];
      const values = id === undefined ? undefined : current?.columns[id];
      for (let row = 0; row < now.length; row++) {
        if (column[row] !== 1) continue;
        const at = now[row]!;
        if (at === UNSETTLED) continue;
        if (at === GONE || values === undefined || Number.isNaN(values[at]!)) suspects[row] = 1;
      }
    }
    for (let at = 0; at < sparse.row.length; at++) {
      const row = sparse.row[at]!;
      if (now[row] !== UNSETTLED && !this.#isThere(at, now[row]!)) suspects[row] = 1;
    }
    return suspects;
  }

  /** Whether the batch has a sparse value of the table on its row `now`. */
  #isThere(at: number, now: number): boolean {
    const { metric, own } = this.#table!.sparse;
    const id = this.#metrics[metric[at]!];
    const set = this.#sets[own[at]!];
    return now >= 0 && id !== undefined && set !== undefined && this.#present.has(this.#sparseKey(now, id, set));
  }

  #sparseOf(row: number): readonly number[] {
    if (this.#sparse === undefined) {
      const byRow = new Map<number, number[]>();
      for (const [at, other] of this.#table!.sparse.row.entries()) {
        const known = byRow.get(other);
        if (known === undefined) byRow.set(other, [at]);
        else known.push(at);
      }
      this.#sparse = byRow;
    }
    return this.#sparse.get(row) ?? [];
  }

  /** Marks in `builder` what a row had and does not have now (`now` = its row in the batch, -1 = gone). True if anything. */
  markEnded(row: number, now: number, builder: MetricBatchBuilder): boolean {
    const table = this.#table!;
    const current = this.#batch.tables[table.level];
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
    for (const at of this.#sparseOf(row)) {
      if (this.#isThere(at, now)) continue;
      const [key, kind] = this.#segment.metrics[table.sparse.metric[at]!]!;
      const own = this.#segment.own[table.sparse.own[at]!]!;
      const metric = CATALOG.get(key) ?? builder.dynamicMetric(key, kind, [table.level]);
      builder.table(table.level).addSparse(mark(), metric, builder.ownLabels(...own.flat()), 1);
    }
    return target >= 0;
  }

  /** A number for a sparse value of the batch: far below 2^53. */
  #sparseKey(row: number, metric: number, own: number): number {
    return (row * this.#batch.metrics.length + metric) * this.#batch.ownLabels.length + own;
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
