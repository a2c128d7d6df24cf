// hot path: bench "enrich, aggregate, totals"
import type { MetricBatchBuilder } from '../core/batch-builder.ts';
import { metricId } from '../core/metrics.ts';
import type { NodeRows } from '../sources/source.ts';

/** One ratio of use to what was asked for. */
export interface UseRatio {
  readonly key: string;
  readonly metric: number;
  readonly use: number;
  readonly base: number;
}

function ratio(key: string, use: string, base: string): UseRatio {
  return { key, metric: metricId(key), use: metricId(use), base: metricId(base) };
}

export const USE_RATIOS: readonly UseRatio[] = [
  ratio('cpu/request_utilization', 'cpu/usage_rate', 'cpu/request'),
  ratio('cpu/limit_utilization', 'cpu/usage_rate', 'cpu/limit'),
  ratio('memory/request_utilization', 'memory/working_set', 'memory/request'),
  ratio('memory/limit_utilization', 'memory/working_set', 'memory/limit'),
];

/** Rows with what `foldContainerUse` made of them. */
export interface ContainerUse {
  readonly containerUse: Float64Array;
}

/** Numbers per pod in the result of `foldContainerUse`: numerator and denominator of each ratio. */
export const USE_WIDTH: number = USE_RATIOS.length * 2;

/**
 * By pod of a node (`USE_WIDTH` numbers each, from the first pod row on): the sum of use over those containers that have
 * both a use and a request (limit) above 0, and the sum of their requests (limits). Ratios of any set of pods are ratios
 * of these sums.
 */
export function foldContainerUse(builder: MetricBatchBuilder, rows: NodeRows): Float64Array {
  const containers = builder.table('pod_container');
  const { from, to } = rows.pods;
  const sums = new Float64Array((to - from) * USE_WIDTH);
  for (let i = 0; i < USE_RATIOS.length; i++) {
    const use = containers.columnIfAny(USE_RATIOS[i]!.use);
    const base = containers.columnIfAny(USE_RATIOS[i]!.base);
    if (use === undefined || base === undefined) continue;
    for (let row = rows.containers.from; row < rows.containers.to; row++) {
      const used = use[row]!;
      const asked = base[row]!;
      const pod = containers.getParent(row);
      if (!(asked > 0) || Number.isNaN(used) || pod < from || pod >= to) continue;
      const at = (pod - from) * USE_WIDTH + i * 2;
      sums[at]! += used;
      sums[at + 1]! += asked;
    }
  }
  return sums;
}
