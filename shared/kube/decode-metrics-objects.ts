import type { Millis, UnixMillis } from '../core/units.ts';
import { decodeMeta } from './decode-objects.ts';
import { parseGoDuration } from './go-duration.ts';
import { parseQuantity, toBytes } from './quantity.ts';
import type { ObjectMeta } from './types.ts';

/** Usage over a window. NaN = absent or no quantity. */
export interface Usage {
  /** Millicores, a mean over the window. */
  readonly cpu: number;
  /** Working set in bytes. */
  readonly memory: number;
}

interface Sampled {
  readonly metadata: ObjectMeta;
  /** End of the window; NaN = not told. */
  readonly timestamp: UnixMillis;
  /** Length of the window; NaN = not told. */
  readonly window: Millis;
}

/** `metrics.k8s.io/v1beta1` NodeMetrics, as far as it is read. */
export interface NodeMetricsObject extends Sampled {
  readonly usage: Usage;
}

/** `metrics.k8s.io/v1beta1` PodMetrics, as far as it is read. */
export interface PodMetricsObject extends Sampled {
  readonly containers: readonly (Usage & { readonly name: string })[];
}

type Json = Readonly<Record<string, unknown>>;

const MILLI = 1_000;

export function decodeNodeMetrics(value: unknown): NodeMetricsObject {
  return { ...decodeSampled(value), usage: decodeUsage(record(value)['usage']) };
}

export function decodePodMetrics(value: unknown): PodMetricsObject {
  const { containers } = record(value);
  const list: readonly unknown[] = Array.isArray(containers) ? containers : [];
  return {
    ...decodeSampled(value),
    containers: list.flatMap((entry) => {
      const { name, usage } = record(entry);
      return typeof name === 'string' && name !== '' ? [{ name, ...decodeUsage(usage) }] : [];
    }),
  };
}

function decodeSampled(value: unknown): Sampled {
  const { timestamp, window } = record(value);
  return {
    metadata: decodeMeta(value),
    timestamp: typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN,
    window: typeof window === 'string' ? parseGoDuration(window) : Number.NaN,
  };
}

/** Nanocores are kept as fractions of a millicore. */
function decodeUsage(value: unknown): Usage {
  const { cpu, memory } = record(value);
  const cores = typeof cpu === 'string' ? parseQuantity(cpu) : undefined;
  const bytes = typeof memory === 'string' ? toBytes(memory) : undefined;
  return { cpu: natural(cores) * MILLI, memory: natural(bytes) };
}

function natural(value: number | undefined): number {
  return value !== undefined && value >= 0 ? value : Number.NaN;
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
