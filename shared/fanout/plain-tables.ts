import type { PartialColumn, PartialTable } from './partial.ts';
import type { TotalTables } from './reducer.ts';
import { type TotalColumn, TotalValues } from './total-values.ts';

/** The tables with their columns as JSON has them: what a runtime may clone, which loses a `toJSON`, before it writes it. */
export function toPlainTables({ cluster, namespace, workload, group }: TotalTables): TotalTables {
  return { cluster: plain(cluster), namespace: plain(namespace), workload: plain(workload), group: plain(group) };
}

function plain(table: PartialTable): PartialTable {
  const metrics: Record<string, PartialColumn> = {};
  for (const [key, { sum, count, min, max }] of Object.entries(table.metrics))
    metrics[key] = { sum: values(sum), count: values(count), min: values(min), max: values(max) };
  return { ...table, metrics };
}

function values(column: TotalColumn): TotalColumn {
  return column instanceof TotalValues ? column.toJSON() : column;
}
