import { METRICS, type MetricDescriptor } from '../core/metrics.ts';
import { USE_RATIOS } from './container-use.ts';

/** Metrics that totals hold as sum, count, minimum and maximum over pods. */
export const SUMMED_METRICS: readonly MetricDescriptor[] = METRICS.filter(
  (metric) => metric.summed && metric.levels.includes('namespace'),
);

/** Keys of helper columns: what a ratio of sums is made of after merging. They are not in the catalog. */
export function numeratorOf(key: string): string {
  return `${key}#numerator`;
}

export function denominatorOf(key: string): string {
  return `${key}#denominator`;
}

export const COMPLETENESS = 'collection/completeness';
/** Nodes that did not answer and whose pods are not known either. */
export const UNKNOWN_NODES: string = `${COMPLETENESS}#unknown_nodes`;

/** Columns of a total row without statistics; the ratios' numerators and denominators alternate at the end. */
export const COUNTER_KEYS: readonly string[] = [
  'pod/count',
  'container/count',
  'pod/expected',
  numeratorOf(COMPLETENESS),
  'group/folded',
  ...USE_RATIOS.flatMap(({ key }) => [numeratorOf(key), denominatorOf(key)]),
];

/** Value of a key that a pod does not have, or that is not known: no label of Kubernetes can be this. */
export const NONE = '(none)';
/** Value of every key of the row that the smallest groups of a grouping are folded into. */
export const OTHER = '(other)';
