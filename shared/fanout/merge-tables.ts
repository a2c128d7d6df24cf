import type { PartialColumn, PartialTable } from './partial.ts';

type Value = number | null;
type Combine = (a: number, b: number) => number;

const ADD: Combine = (a, b) => a + b;
const STATISTICS: readonly (readonly [keyof PartialColumn, Combine])[] = [
  ['sum', ADD],
  ['count', ADD],
  ['min', Math.min],
  ['max', Math.max],
];

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

/** Labels of the merged rows, sorted, and for each table the merged row of each of its rows. */
function mergeRows(
  tables: readonly PartialTable[],
  labelKeys: readonly string[],
): { readonly labels: readonly (readonly (string | null)[])[]; readonly rowsOf: readonly (readonly number[])[] } {
  const found = new Map<string, { readonly labels: readonly (string | null)[]; row: number }>();
  const keysOf = tables.map((table) => {
    const places = labelKeys.map((key) => table.labelKeys.indexOf(key));
    return table.labels.map((row) => {
      const labels = places.map((place) => row[place] ?? null);
      const key = JSON.stringify(labels);
      if (!found.has(key)) found.set(key, { labels, row: 0 });
      return key;
    });
  });
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [row, [, entry]] of sorted.entries()) entry.row = row;
  return {
    labels: sorted.map(([, { labels }]) => labels),
    rowsOf: keysOf.map((keys) => keys.map((key) => found.get(key)?.row ?? 0)),
  };
}

interface Merging {
  readonly tables: readonly PartialTable[];
  readonly rowsOf: readonly (readonly number[])[];
  readonly rows: number;
}

function mergeColumn(key: string, { tables, rowsOf, rows }: Merging): PartialColumn {
  const merged = { sum: [] as Value[], count: [] as Value[], min: [] as Value[], max: [] as Value[] };
  for (const [part, combine] of STATISTICS) {
    const values: Value[] = new Array<Value>(rows).fill(null);
    let any = part === 'sum';
    for (const [index, table] of tables.entries()) {
      const column = table.metrics[key]?.[part] ?? [];
      const places = rowsOf[index] ?? [];
      for (let row = 0; row < column.length; row++) {
        const value = column[row] ?? null;
        const place = places[row];
        if (value === null || place === undefined) continue;
        const known = values[place] ?? null;
        values[place] = known === null ? value : combine(known, value);
        any = true;
      }
    }
    if (any) merged[part] = values;
  }
  return merged;
}
