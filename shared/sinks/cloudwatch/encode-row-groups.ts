import type { Dimension } from '@aws-sdk/client-cloudwatch';
import { labelOf, type MetricBatch, type MetricTable } from '../../core/batch.ts';
import { labelIndex } from '../../core/labels.ts';
import { heapsterType } from '../../core/level.ts';
import { ABSENT, toDimensionName, toDimensionValue } from './ascii.ts';
import { type DimensionSet, toDimensionSet } from './datum.ts';
import { type DimensionRule, dimensionName } from './dimensions.ts';
import type { CloudWatchSettings } from './settings.ts';

/** Rows of a table that have the same dimensions, and so are one series per metric. */
export interface RowGroup {
  readonly rows: readonly number[];
  readonly set: DimensionSet;
}

/**
 * The rows of a table by their dimensions, in the order of their first row. Usually each row is a group of its own; rows
 * share one when the rule leaves out what tells them apart.
 */
export function* groupRows(batch: MetricBatch, table: MetricTable, settings: CloudWatchSettings): Generator<RowGroup> {
  const rule = settings.dimensions[table.level];
  const group = numberGroups(batch, table, keyColumns(batch, table, rule));
  const byGroup: number[][] = [];
  for (let row = 0; row < table.rows; row++) {
    const rows = byGroup[group[row]!];
    if (rows === undefined) byGroup[group[row]!] = [row];
    else rows.push(row);
  }
  for (const rows of byGroup) yield { rows, set: dimensionsOf(batch, table, rows[0]!, rule, settings) };
}

/** Label columns that a rule tells rows apart by. */
function keyColumns(batch: MetricBatch, table: MetricTable, rule: readonly DimensionRule[]): readonly Int32Array[] {
  const keys = new Set<number>();
  for (const { source } of rule) {
    if (source.kind === 'label') keys.add(batch.labelKeys.indexOf(source.key));
    if (source.kind === 'grouping-keys') for (const key of batch.labelKeys.keys()) keys.add(key);
  }
  return [...keys].flatMap((key) => table.labels[key] ?? []);
}

/** The number of each row's group, numbered by first appearance: column by column, pairs of (group, string id) are told apart. */
function numberGroups(batch: MetricBatch, table: MetricTable, columns: readonly Int32Array[]): Int32Array {
  const group = new Int32Array(table.rows);
  const strings = batch.strings.size;
  const absent = idOfAbsent(batch);
  for (const column of columns) {
    const numbers = new Map<number, number>();
    for (let row = 0; row < table.rows; row++) {
      const id = column[row]!;
      const pair = group[row]! * strings + (id === absent ? 0 : id);
      const number = numbers.get(pair) ?? numbers.size;
      if (number === numbers.size) numbers.set(pair, number);
      group[row] = number;
    }
  }
  return group;
}

/** Id of the text that stands for an absent label: rows with either are one series. 0 if no label has it. */
function idOfAbsent(batch: MetricBatch): number {
  for (let id = 1; id < batch.strings.size; id++) if (batch.strings.get(id) === ABSENT) return id;
  return 0;
}

function dimensionsOf(
  batch: MetricBatch,
  table: MetricTable,
  row: number,
  rule: readonly DimensionRule[],
  settings: CloudWatchSettings,
): DimensionSet {
  const dimensions: Dimension[] = [];
  for (const { name, source } of rule) {
    if (source.kind === 'grouping-keys') dimensions.push(...groupingKeys(batch, table, row, rule));
    else dimensions.push({ Name: name, Value: toDimensionValue(textOf(batch, table, row, source, settings)) });
  }
  return toDimensionSet(dimensions);
}

function textOf(
  batch: MetricBatch,
  table: MetricTable,
  row: number,
  source: Exclude<DimensionRule['source'], { readonly kind: 'grouping-keys' }>,
  settings: CloudWatchSettings,
): string | undefined {
  switch (source.kind) {
    case 'cluster':
      return settings.clusterName ?? batch.cluster;
    case 'type':
      return heapsterType(table.level);
    case 'label':
      return labelOf(batch, table, batch.labelKeys.indexOf(source.key), row);
  }
}

/** A dimension for each label of a group's row; a name that the rule has already gets an underscore. */
function groupingKeys(
  batch: MetricBatch,
  table: MetricTable,
  row: number,
  rule: readonly DimensionRule[],
): Dimension[] {
  const grouping = labelIndex('grouping');
  const taken = new Set(rule.map(({ name }) => name));
  const dimensions: Dimension[] = [];
  for (const [key, label] of batch.labelKeys.entries()) {
    const value = key === grouping ? undefined : labelOf(batch, table, key, row);
    if (value === undefined) continue;
    let name = toDimensionName(dimensionName(label));
    while (taken.has(name)) name = `_${name}`;
    taken.add(name);
    dimensions.push({ Name: name, Value: toDimensionValue(value) });
  }
  return dimensions;
}
