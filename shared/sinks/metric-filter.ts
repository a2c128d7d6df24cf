import type { MetricDescriptor } from '../core/metrics.ts';
import { toExpression } from './glob.ts';

/**
 * True for metrics that a glob fits by name (`cpu/*`) or by key (`filesystem/usage[/]`) and no `!` glob fits, whatever
 * the order. `*` also spans slashes.
 */
export function createMetricFilter(globs: readonly string[]): (metric: MetricDescriptor) => boolean {
  const wanted = globs.filter((glob) => !glob.startsWith('!')).map(toExpression);
  const unwanted = globs.filter((glob) => glob.startsWith('!')).map((glob) => toExpression(glob.slice(1)));
  const fits = (expressions: readonly RegExp[], metric: MetricDescriptor): boolean =>
    expressions.some((each) => each.test(metric.name) || each.test(metric.key));
  return (metric) => fits(wanted, metric) && !fits(unwanted, metric);
}

/** True if a glob can fit a metric that only the cluster can name: `custom/…`, `nvidia.com/gpu/request`, `hugepages-…`. */
export function isDynamicGlob(glob: string): boolean {
  return /^(custom\/.|hugepages-.*\/request$|[^/]*[.*][^/]*\/.*request$)/.test(glob);
}
