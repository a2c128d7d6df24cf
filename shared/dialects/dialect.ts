import type { Level } from '../core/level.ts';
import type { MetricDescriptor, MetricKind, ValueType } from '../core/metrics.ts';
import type { ValueReading } from '../core/value-reading.ts';

/** Names that existing dashboards understand; the values are the same. */
export const DIALECTS = ['heapster', 'otel', 'semconv', 'containerinsights', 'prometheus'] as const;
export type DialectName = (typeof DIALECTS)[number];

/** `updown` is OpenTelemetry's sum that goes up and down; who does not tell it from a gauge reads it as one. */
export type DialectKind = MetricKind | 'updown';

/** A metric of the catalog at one level, in the words of a dialect. */
export interface DialectMetric {
  readonly name: string;
  /** UCUM. */
  readonly unit: string;
  /** Value in `unit` = value of the catalog × `scale`. */
  readonly scale: number;
  readonly kind: DialectKind;
  /** Whether the scaled value is a whole number. */
  readonly valueType: ValueType;
  /** Fixed labels of the value (`direction=receive`), sorted by key. They stand in place of the metric's fixed own labels. */
  readonly labels: readonly (readonly [key: string, value: string])[];
  /** Where the value is not simply the metric's own. `scale` comes on top. */
  readonly reading?: ValueReading;
}

/**
 * A dialect: pure tables. What it has no word for (`undefined`) is not exported in it, and is said so in the generated
 * docs; sinks leave it out of their selection by `SinkSelection.exports`.
 */
export interface Dialect {
  readonly name: DialectName;
  metric(metric: MetricDescriptor, level: Level): DialectMetric | undefined;
  /** Name of a row label (a key of `labelKeys`, or `cluster_name`); undefined = not exported at that level. */
  label(key: string, level: Level): string | undefined;
  /** Name of an own-label key that comes with a value (`interface`, `resource_id`, `make`). */
  ownLabel(key: string): string;
  /** Labels that every series of a level has (`job="kubelet"`), sorted by key. */
  fixed(level: Level): readonly (readonly [key: string, value: string])[];
  /** Label that a row of the level must have, else the dialect has no word for the row at all. */
  needs?(level: Level): string | undefined;
}
