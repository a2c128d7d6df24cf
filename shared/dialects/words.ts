import { LABEL_KEYS } from '../core/labels.ts';
import type { MetricDescriptor } from '../core/metrics.ts';
import type { ValueReading } from '../core/value-reading.ts';
import type { DialectMetric } from './dialect.ts';

/** How a word is measured; what is not given is as in the catalog. */
export interface WordMeasure {
  /** UCUM. */
  readonly unit?: string;
  /** Value in `unit` = value of the catalog × `scale`. */
  readonly scale?: number;
  readonly kind?: DialectMetric['kind'] | undefined;
  readonly reading?: ValueReading | undefined;
  /** Fixed labels; else the metric's own. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The word for a metric. A scaled whole number is a fraction. */
export function wordFor(metric: MetricDescriptor, name: string, measure: WordMeasure = {}): DialectMetric {
  const { unit = metric.unit, scale = 1, kind = metric.kind, labels = metric.own, reading } = measure;
  return {
    name,
    unit,
    scale,
    kind,
    valueType: scale === 1 ? metric.valueType : 'double',
    labels: Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)),
    ...(reading === undefined ? {} : { reading }),
  };
}

/** Requests and limits: 0 says that none is set, and Prometheus' and OpenTelemetry's tools then have no series. */
export const IF_SET: ValueReading = { zeroIsAbsent: true };

/** Base units by those of the catalog, as OpenTelemetry and Prometheus want them. */
export const BASE_UNITS: Readonly<Record<MetricDescriptor['unit'], Required<Pick<WordMeasure, 'unit' | 'scale'>>>> = {
  ns: { unit: 's', scale: 1e-9 },
  us: { unit: 's', scale: 1e-6 },
  ms: { unit: 's', scale: 1e-3 },
  'm{cpu}': { unit: '{cpu}', scale: 1e-3 },
  '%': { unit: '1', scale: 1e-2 },
  By: { unit: 'By', scale: 1 },
  'By/s': { unit: 'By/s', scale: 1 },
  '1': { unit: '1', scale: 1 },
  '1/s': { unit: '1/s', scale: 1 },
};

const BUILT_IN: ReadonlySet<string> = new Set([...LABEL_KEYS, 'type', 'cluster_name']);

/** True for labels that users chose: stored labels of objects and keys of groupings. */
export function isChosenLabel(key: string): boolean {
  return !BUILT_IN.has(key);
}
