import type { StandardUnit } from '@aws-sdk/client-cloudwatch';
import { METRICS, type MetricDescriptor } from '../../core/metrics.ts';
import type { DialectMetric } from '../../dialects/dialect.ts';

/** How values of a metric are sent: multiplied by `scale`, under a unit of CloudWatch's fixed list. */
export interface UnitMapping {
  readonly unit: StandardUnit;
  readonly scale: number;
}

/**
 * Units by the catalog's. CloudWatch has neither cores nor nanoseconds: millicores stay a plain number, nanoseconds
 * become microseconds. A whole number without unit is a count, a fraction (a ratio) is not.
 */
const UNITS: Readonly<Record<string, UnitMapping>> = {
  'm{cpu}': { unit: 'None', scale: 1 },
  By: { unit: 'Bytes', scale: 1 },
  'By/s': { unit: 'Bytes/Second', scale: 1 },
  '1/s': { unit: 'Count/Second', scale: 1 },
  '%': { unit: 'Percent', scale: 1 },
  ns: { unit: 'Microseconds', scale: 1e-3 },
  us: { unit: 'Microseconds', scale: 1 },
  ms: { unit: 'Milliseconds', scale: 1 },
};

/** The mapping of a word's unit; what CloudWatch has no unit for is a plain number. */
export function unitOf({ unit, valueType }: Pick<DialectMetric, 'unit' | 'valueType'>): UnitMapping {
  if (unit === '1') return { unit: valueType === 'int64' ? 'Count' : 'None', scale: 1 };
  return UNITS[unit] ?? { unit: 'None', scale: 1 };
}

/** Why a metric is not exported unless `metrics=` has its very name. */
export function reasonNotExported(metric: MetricDescriptor): string | undefined {
  if (metric.kind !== 'cumulative') return undefined;
  const rate = METRICS.find((other) => other.rate?.of === metric.key);
  const instead = rate === undefined ? '' : `; export ${rate.name}`;
  return `CloudWatch has no counters, so a growing sum says nothing there${instead}, or give its name in metrics=`;
}

/** Metrics of the catalog that are not exported, by id, with the reason. */
export const NOT_EXPORTED: ReadonlyMap<number, string> = new Map(
  METRICS.flatMap((metric) => {
    const reason = reasonNotExported(metric);
    return reason === undefined ? [] : [[metric.id, reason] as const];
  }),
);
