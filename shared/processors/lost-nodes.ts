import { mergeTables } from '../fanout/merge-tables.ts';
import type { PartialColumn } from '../fanout/partial.ts';
import type { TotalTables } from '../fanout/reducer.ts';
import { UNKNOWN_NODES } from './total-metrics.ts';

/** Totals with the nodes of shards that gave nothing back: they count as nodes, and lower the cluster's completeness. */
export function addLostNodes(totals: TotalTables, lost: number): TotalTables {
  if (lost === 0) return totals;
  const value = (sum: number): PartialColumn => ({ sum: [sum], count: [], min: [], max: [] });
  const metrics = { 'node/count': value(lost), [UNKNOWN_NODES]: value(lost) };
  return { ...totals, cluster: mergeTables([totals.cluster, { labelKeys: [], labels: [[]], metrics }]) };
}
