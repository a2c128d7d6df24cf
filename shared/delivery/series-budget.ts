import { countPoints, type MetricBatch, type MetricTable } from '../core/batch.ts';
import { LEAF_LEVELS, type Level, TOTAL_LEVELS } from '../core/level.ts';
import type { Sink } from '../sinks/sink.ts';

/** Levels by importance: what does not fit is left out from the end, whole levels at a time. */
export const BUDGET_ORDER: readonly Level[] = [
  'cluster',
  'namespace',
  'group',
  'workload',
  'node',
  'pod',
  'volume',
  'pod_container',
  'sys_container',
];

/** Of the budget of a sink that wants totals and single resources, so much is for totals. */
export const TOTALS_SHARE = 0.25;

export interface Budgeted {
  readonly batch: MetricBatch;
  /** Levels that did not fit, with their points. A point of one tick is one series. */
  readonly leftOut: readonly { readonly level: Level; readonly points: number }[];
}

/**
 * The part of a selected batch that fits a sink's `max_series`. `share` (0..1) is what this batch may use of the bound of its
 * kind: a shard's share of the cluster's nodes, or 1 for totals; undefined = it is not bounded. The order of levels is fixed and a level goes whole, so that
 * no chart shows some of a level's rows as if they were all.
 */
export function withinBudget(batch: MetricBatch, selection: Sink['selection'], share: number | undefined): Budgeted {
  const { maxSeries, levels } = selection;
  if (maxSeries === undefined || share === undefined) return { batch, leftOut: [] };
  const isTotal = (level: Level): boolean => (TOTAL_LEVELS as readonly Level[]).includes(level);
  const mixed = levels.some(isTotal) && levels.some((level) => (LEAF_LEVELS as readonly Level[]).includes(level));
  const room = {
    totals: maxSeries * (mixed ? TOTALS_SHARE : 1) * share,
    leaves: maxSeries * (mixed ? 1 - TOTALS_SHARE : 1) * share,
  };
  const full = { totals: false, leaves: false };
  const tables: Partial<Record<Level, MetricTable>> = {};
  const leftOut: { level: Level; points: number }[] = [];
  for (const level of BUDGET_ORDER) {
    const table = batch.tables[level];
    if (table === undefined) continue;
    const kind = isTotal(level) ? 'totals' : 'leaves';
    const points = countPoints(table);
    full[kind] ||= points > room[kind];
    if (full[kind]) {
      if (points > 0) leftOut.push({ level, points });
    } else {
      room[kind] -= points;
      tables[level] = table;
    }
  }
  return leftOut.length === 0 ? { batch, leftOut } : { batch: { ...batch, tables }, leftOut };
}
