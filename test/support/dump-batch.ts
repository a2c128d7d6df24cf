import { labelOf, type MetricBatch, type MetricTable, ROW_FLAGS } from '../../shared/core/batch.ts';
import { LEVELS } from '../../shared/core/level.ts';

/** A batch as text: a row a line, with labels, values by metric key, sparse values, flags and start. */
export function dumpBatch(batch: MetricBatch): string {
  const lines = LEVELS.flatMap((level) => {
    const table = batch.tables[level];
    return table === undefined ? [] : Array.from({ length: table.rows }, (_, row) => dumpRow(batch, table, row));
  });
  return `${lines.join('\n')}\n`;
}

function dumpRow(batch: MetricBatch, table: MetricTable, row: number): string {
  const labels: Record<string, string> = {};
  for (const [index, key] of batch.labelKeys.entries()) {
    const label = labelOf(batch, table, index, row);
    if (label !== undefined) labels[key] = label;
  }
  const values: Record<string, number> = {};
  for (const [id, column] of table.columns.entries()) {
    const value = column?.[row];
    if (value !== undefined && !Number.isNaN(value)) values[batch.metrics[id]?.key ?? String(id)] = value;
  }
  const sparse: string[] = [];
  for (let i = 0; i < table.sparse.length; i++) {
    if (table.sparse.row[i] !== row) continue;
    const own = (batch.ownLabels[table.sparse.own[i] ?? 0] ?? []).map(([key, value]) => `${key}=${value}`).join(',');
    sparse.push(`${batch.metrics[table.sparse.metric[i] ?? 0]?.name}{${own}} ${table.sparse.value[i]}`);
  }
  const start = table.start[row] ?? Number.NaN;
  const flags = Object.entries(ROW_FLAGS).flatMap(([name, bit]) => ((table.flags[row] ?? 0) & bit ? [name] : []));
  return JSON.stringify({
    level: table.level,
    labels,
    ...(Number.isNaN(start) ? {} : { start: new Date(start).toISOString() }),
    ...(flags.length > 0 ? { flags } : {}),
    values,
    ...(sparse.length > 0 ? { sparse } : {}),
  });
}
