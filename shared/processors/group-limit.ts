import { mergeTables } from '../fanout/merge-tables.ts';
import type { PartialColumn, PartialTable } from '../fanout/partial.ts';
import { OTHER } from './total-metrics.ts';

/**
 * Keeps the `limit` largest groups of each grouping, by pods measured, then by their labels; the others become one row of
 * which every label is `(other)` and `group/folded` says how many they were.
 */
export function limitGroups(table: PartialTable, limit: number): PartialTable {
  const folded = new Set<number>();
  for (const rows of rowsByGrouping(table).values()) {
    const ordered = rows.filter((row) => !isOther(table, row)).sort((a, b) => compare(table, a, b));
    for (const row of ordered.slice(limit)) folded.add(row);
  }
  if (folded.size === 0) return table;
  const known = table.metrics['group/folded']?.sum ?? [];
  const counts: PartialColumn = {
    sum: table.labels.map((_, row) => (folded.has(row) ? 1 : (known[row] ?? null))),
    count: [],
    min: [],
    max: [],
  };
  const labels = table.labels.map((row, index) =>
    folded.has(index) ? row.map((value, at) => (isKey(table, at) && value !== null ? OTHER : value)) : row,
  );
  return mergeTables([{ ...table, labels, metrics: { ...table.metrics, 'group/folded': counts } }]);
}

function rowsByGrouping(table: PartialTable): ReadonlyMap<string, readonly number[]> {
  const at = table.labelKeys.indexOf('grouping');
  const rows = new Map<string, number[]>();
  for (const [row, labels] of table.labels.entries()) {
    const grouping = labels[at] ?? '';
    const known = rows.get(grouping);
    if (known === undefined) rows.set(grouping, [row]);
    else known.push(row);
  }
  return rows;
}

function isKey(table: PartialTable, at: number): boolean {
  return table.labelKeys[at] !== 'grouping';
}

/** A row that shards folded already. No label of Kubernetes can have this value. */
function isOther(table: PartialTable, row: number): boolean {
  return (table.labels[row] ?? []).every((value, at) => !isKey(table, at) || value === null || value === OTHER);
}

function compare(table: PartialTable, a: number, b: number): number {
  const pods = table.metrics['pod/count']?.sum ?? [];
  const byPods = (pods[b] || 0) - (pods[a] || 0);
  if (byPods !== 0) return byPods;
  return JSON.stringify(table.labels[a]) < JSON.stringify(table.labels[b]) ? -1 : 1;
}
