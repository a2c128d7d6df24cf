import type { MetricBatch, MetricTable, OwnLabels } from '../core/batch.ts';
import { LEVELS, type Level } from '../core/level.ts';
import type { MetricKind } from '../core/metrics.ts';
import type { UnixMillis } from '../core/units.ts';

/** Rows of one level: who they are, and which metrics they had. No values. */
export interface SeriesTable {
  readonly level: Level;
  readonly rows: number;
  /** By index in `labelKeys`: index in `strings`, 0 = absent. */
  readonly labels: readonly (Int32Array | undefined)[];
  /** By index in `metrics`: 1 for rows that had it. */
  readonly has: readonly (Uint8Array | undefined)[];
  /** Values with labels of their own: row, index in `metrics`, index in `own`. */
  readonly sparse: { readonly row: Int32Array; readonly metric: Int32Array; readonly own: Int32Array };
}

/** Which series a tick had. */
export interface SeriesSegment {
  readonly timestamp: UnixMillis;
  /** Entry 0 stands for none. */
  readonly strings: readonly string[];
  readonly labelKeys: readonly string[];
  readonly metrics: readonly (readonly [key: string, kind: MetricKind])[];
  readonly own: readonly OwnLabels[];
  readonly tables: readonly SeriesTable[];
}

type KeepRow = (table: SeriesTable, row: number) => boolean;

/** The series of a batch. */
export function toSegment(batch: MetricBatch): SeriesSegment {
  const tables = LEVELS.flatMap((level): readonly SeriesTable[] => {
    const table = batch.tables[level];
    return table === undefined ? [] : [toTable(table)];
  });
  return compact(
    {
      timestamp: batch.timestamp,
      labelKeys: batch.labelKeys,
      metrics: batch.metrics.map(({ key, kind }) => [key, kind] as const),
      own: batch.ownLabels,
      tables,
    },
    (id) => batch.strings.get(id) ?? '',
  );
}

/** A segment with some of its rows; undefined if none is left. */
export function filterSegment(segment: SeriesSegment, keep: KeepRow): SeriesSegment | undefined {
  const tables = segment.tables.map((table) => filterTable(table, keep)).filter(({ rows }) => rows > 0);
  if (tables.length === 0) return undefined;
  return compact({ ...segment, tables }, (id) => segment.strings[id] ?? '');
}

function toTable(table: MetricTable): SeriesTable {
  const { level, rows, labels, columns, sparse } = table;
  return {
    level,
    rows,
    labels,
    has: columns.map((column) => column && presence(column)),
    sparse: { row: sparse.row, metric: sparse.metric, own: sparse.own },
  };
}

/** 1 for each value that is there. By index: `from` costs a call and a boxed number a value. */
function presence(column: Float64Array): Uint8Array {
  const has = new Uint8Array(column.length);
  for (let row = 0; row < column.length; row++) if (!Number.isNaN(column[row])) has[row] = 1;
  return has;
}

function filterTable(table: SeriesTable, keep: KeepRow): SeriesTable {
  const { level, rows, labels, has, sparse } = table;
  const kept = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => keep(table, row));
  const moved = new Int32Array(rows).fill(-1);
  for (const [index, row] of kept.entries()) moved[row] = index;
  const entries = sparse.row.map((_, index) => index).filter((index) => (moved[sparse.row[index] ?? 0] ?? -1) >= 0);
  const of = (column: Int32Array): Int32Array => entries.map((index) => column[index] ?? 0);
  return {
    level,
    rows: kept.length,
    labels: labels.map((column) => column && kept.map((row) => column[row] ?? 0)),
    has: has.map((column) => column && Uint8Array.from(kept, (row) => column[row] ?? 0)),
    sparse: { row: of(sparse.row).map((row) => moved[row] ?? 0), metric: of(sparse.metric), own: of(sparse.own) },
  };
}

/** The segment with only those strings that its labels need, numbered anew; columns that nobody has are gone. */
function compact(parts: Omit<SeriesSegment, 'strings'>, textOf: (id: number) => string): SeriesSegment {
  const strings = [''];
  /** New number by old one, 0 = none yet. */
  let numbers = new Int32Array(1_024);
  const renumber = (id: number): number => {
    if (id >= numbers.length) {
      const larger = new Int32Array(Math.max(id + 1, 2 * numbers.length));
      larger.set(numbers);
      numbers = larger;
    }
    const known = numbers[id] ?? 0;
    if (known !== 0 || id === 0) return known;
    const number = strings.push(textOf(id)) - 1;
    numbers[id] = number;
    return number;
  };
  const renumbered = (column: Int32Array): Int32Array | undefined => {
    const result = new Int32Array(column.length);
    let any = 0;
    for (let row = 0; row < column.length; row++) {
      const number = renumber(column[row] ?? 0);
      result[row] = number;
      any |= number;
    }
    return any === 0 ? undefined : result;
  };
  const tables = parts.tables.map((table) => ({
    ...table,
    labels: parts.labelKeys.map((_, key) => {
      const column = table.labels[key];
      return column && renumbered(column);
    }),
    has: parts.metrics.map((_, metric) => (table.has[metric]?.includes(1) === true ? table.has[metric] : undefined)),
  }));
  return { ...parts, tables, strings };
}
