// hot path: bench "whole tick"
import type { PartialColumn, PartialTable } from './partial.ts';
import { hasValues, NO_VALUES, type TotalColumn, TotalValues } from './total-values.ts';

const STATISTICS: readonly (keyof PartialColumn)[] = ['sum', 'count', 'min', 'max'];

/**
 * Tables of one level as one: rows of the same labels become one row, of which sums and counts are added and minima and
 * maxima taken; null is absent and changes nothing. Rows are sorted by their labels, so that neither the order nor the
 * number of the tables shows. A column without any statistic keeps empty arrays for them.
 */
export function mergeTables(tables: readonly PartialTable[]): PartialTable {
  const labelKeys = [...new Set(tables.flatMap((table) => table.labelKeys))];
  const { labels, rowsOf } = mergeRows(tables, labelKeys);
  const keys = [...new Set(tables.flatMap((table) => Object.keys(table.metrics)))].sort();
  const metrics = Object.fromEntries(
    keys.map((key) => [key, mergeColumn(key, { tables, rowsOf, rows: labels.length })]),
  );
  return { labelKeys, labels, metrics };
}

type RowLabels = readonly (string | null)[];

/** Labels of the merged rows, sorted, and for each table the merged row of each of its rows. */
function mergeRows(
  tables: readonly PartialTable[],
  labelKeys: readonly string[],
): { readonly labels: readonly RowLabels[]; readonly rowsOf: readonly (readonly number[])[] } {
  const found = new Map<string, RowLabels>();
  const keysOf = tables.map((table) => {
    const place = placer(table.labelKeys, labelKeys);
    return table.labels.map((row) => {
      const labels = place(row);
      const key = JSON.stringify(labels);
      if (!found.has(key)) found.set(key, labels);
      return key;
    });
  });
  const sorted = [...found.keys()].sort();
  const rows = new Map(sorted.map((key, row) => [key, row]));
  return {
    labels: sorted.map((key) => found.get(key) ?? []),
    rowsOf: keysOf.map((keys) => keys.map((key) => rows.get(key) ?? 0)),
  };
}

/** Puts a row's labels where all keys have them. */
function placer(from: readonly string[], to: readonly string[]): (labels: RowLabels) => RowLabels {
  if (from.length === to.length && from.every((key, at) => key === to[at])) return (labels) => labels;
  const places = to.map((key) => from.indexOf(key));
  return (labels) => places.map((place) => labels[place] ?? null);
}

interface Merging {
  readonly tables: readonly PartialTable[];
  readonly rowsOf: readonly (readonly number[])[];
  readonly rows: number;
}

function mergeColumn(key: string, { tables, rowsOf, rows }: Merging): PartialColumn {
  const merged: Record<keyof PartialColumn, TotalColumn> = {
    sum: NO_VALUES,
    count: NO_VALUES,
    min: NO_VALUES,
    max: NO_VALUES,
  };
  for (const part of STATISTICS) {
    let values: TotalValues | undefined;
    for (let index = 0; index < tables.length; index++) {
      const column = tables[index]?.metrics[key]?.[part];
      if (column === undefined || !hasValues(column)) continue;
      values ??= TotalValues.absent(rows);
      mergeValues(values, column, { places: rowsOf[index] ?? [], part });
    }
    if (values !== undefined) merged[part] = values;
    else if (part === 'sum') merged.sum = TotalValues.absent(rows);
  }
  return merged;
}

/** Combines a column's values with those of the rows that they belong to. */
function mergeValues(
  values: Float64Array,
  column: TotalColumn,
  { places, part }: { readonly places: readonly number[]; readonly part: keyof PartialColumn },
): void {
  const adds = part === 'sum' || part === 'count';
  const isMin = part === 'min';
  for (let row = 0; row < column.length; row++) {
    const value = column[row] ?? Number.NaN;
    const place = places[row];
    if (Number.isNaN(value) || place === undefined) continue;
    const known = values[place] ?? Number.NaN;
    if (Number.isNaN(known)) values[place] = value;
    else if (adds) values[place] = known + value;
    else if (isMin ? value < known : value > known) values[place] = value;
  }
}
