import { METRICS, type MetricDescriptor } from '../../core/metrics.ts';

/** Why a metric is not exported unless `metrics=` has its very name. */
export function reasonNotExported(metric: MetricDescriptor): string | undefined {
  if (metric.kind !== 'cumulative') return undefined;
  const rate = METRICS.find((other) => other.rate?.of === metric.key);
  const instead = rate === undefined ? '' : `; export ${rate.name}`;
  return `Azure Monitor has no counters, so a growing sum says nothing there${instead}, or give its name in metrics=`;
}

/** Metrics of the catalog that are not exported, by id, with the reason. */
export const NOT_EXPORTED: ReadonlyMap<number, string> = new Map(
  METRICS.flatMap((metric) => {
    const reason = reasonNotExported(metric);
    return reason === undefined ? [] : [[metric.id, reason] as const];
  }),
);
