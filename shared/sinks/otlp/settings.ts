import type { Dialect } from '../../dialects/dialect.ts';

/** Where a row's labels go: with the resource once, or with each of its points. */
export const ATTRIBUTE_PLACES = ['resource', 'point'] as const;
export type AttributePlace = (typeof ATTRIBUTE_PLACES)[number];

/** How a batch becomes OTLP requests. */
export interface OtlpSettings {
  readonly dialect: Dialect;
  readonly attributes: AttributePlace;
  /** Attributes of every resource. */
  readonly resource: readonly (readonly [name: string, value: string])[];
  /** True to name each row by `service.instance.id`. */
  readonly instances: boolean;
  /** Names of metrics and attributes as the backend takes them. */
  readonly toMetric: (name: string) => string;
  readonly toAttribute: (name: string) => string;
  /** True to send the description of each metric. */
  readonly descriptions: boolean;
  /** Most data points in a request. */
  readonly maxPoints: number;
  /** Most bytes of a request before compression. */
  readonly maxBytes: number;
}
