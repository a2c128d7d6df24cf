// hot path: bench "sinks"
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { heapsterType } from '../../core/level.ts';
import type { AzureMonitorSettings } from './settings.ts';
import { ABSENT, toDimensionValue, toText } from './texts.ts';

/** Rows of a table that have the same dimensions, and so are one series per metric. */
export interface RowGroup {
  readonly rows: readonly number[];
  /** Names and values of the dimensions, both in the order of the rule. */
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** A dimension of a table's rows. */
interface Slot {
  readonly name: string;
  /** String ids by row; undefined = the same text on all rows. */
  readonly column: Int32Array | undefined;
  readonly constant: string;
  /** True for keys of groupings: a row that does not have it has no such dimension. */
  readonly optional: boolean;
}

/** The rows of a table by their dimensions, in the order of their first row. Usually each row is a group of its own. */
export function groupRows(batch: MetricBatch, table: MetricTable, settings: AzureMonitorSettings): readonly RowGroup[] {
  const slots = slotsOf(batch, table, settings);
  const groups: { rows: number[]; names: readonly string[]; values: readonly string[] }[] = [];
  const numbers = numberGroups(batch, table, slots);
  const read = createReader(batch, slots);
  for (let row = 0; row < table.rows; row++) {
    const known = groups[numbers[row]!];
    if (known !== undefined) known.rows.push(row);
    else groups[numbers[row]!] = { rows: [row], ...read(row) };
  }
  return groups;
}

function slotsOf(batch: MetricBatch, table: MetricTable, settings: AzureMonitorSettings): readonly Slot[] {
  const { dialect } = settings;
  const { level } = table;
  const slots = new Map<string, Slot>();
  const add = (key: string, column: Int32Array | undefined, constant: string, optional: boolean): void => {
    // A key that was asked for is a dimension, whether the dialect has a word for it or not.
    const name = toText(dialect.label(key, level) ?? key);
    if (!slots.has(name)) slots.set(name, { name, column, constant, optional });
  };
  for (const key of settings.dimensions[level]) {
    if (key === 'type') add(key, undefined, heapsterType(level), false);
    else if (key === 'cluster_name') {
      const cluster = settings.clusterName ?? batch.cluster;
      if (cluster !== undefined) add(key, undefined, toDimensionValue(cluster), false);
    } else if (key === '*') {
      for (const [index, other] of batch.labelKeys.entries()) {
        const column = table.labels[index];
        if (column !== undefined && other !== 'grouping') add(other, column, '', true);
      }
    } else add(key, table.labels[batch.labelKeys.indexOf(key)], ABSENT, false);
  }
  return [...slots.values()];
}

/** The number of each row's group, by first appearance: column by column, pairs of (group, string id) are told apart. */
function numberGroups(batch: MetricBatch, table: MetricTable, slots: readonly Slot[]): Int32Array {
  const group = new Int32Array(table.rows);
  const strings = batch.strings.size;
  const nameless = idsOfAbsent(batch);
  for (const { column } of slots) {
    if (column === undefined) continue;
    const numbers = new Map<number, number>();
    for (let row = 0; row < table.rows; row++) {
      const id = column[row]!;
      const pair = group[row]! * strings + (nameless.has(id) ? 0 : id);
      const number = numbers.get(pair) ?? numbers.size;
      if (number === numbers.size) numbers.set(pair, number);
      group[row] = number;
    }
  }
  return group;
}

/** Ids of texts that are written as an absent label is: rows with any of them are one series. */
function idsOfAbsent(batch: MetricBatch): ReadonlySet<number> {
  const ids = new Set<number>();
  for (let id = 1; id < batch.strings.size; id++) if (toDimensionValue(batch.strings.get(id)) === ABSENT) ids.add(id);
  return ids;
}

/** Reads the dimensions of a row; rows with the same names share the list of them. */
function createReader(
  batch: MetricBatch,
  slots: readonly Slot[],
): (row: number) => { readonly names: readonly string[]; readonly values: readonly string[] } {
  const known = new Map<string, readonly string[]>();
  const all = slots.map(({ name }) => name);
  const hasOptional = slots.some(({ optional }) => optional);
  return (row) => {
    const names: string[] = [];
    const values: string[] = [];
    for (const { name, column, constant, optional } of slots) {
      const text = column === undefined ? undefined : batch.strings.get(column[row]!);
      if (optional && text === undefined) continue;
      names.push(name);
      values.push(column === undefined ? constant : toDimensionValue(text));
    }
    if (!hasOptional) return { names: all, values };
    const key = JSON.stringify(names);
    const shared = known.get(key) ?? names;
    known.set(key, shared);
    return { names: shared, values };
  };
}
