/**
 * Time and quantity units. A value whose type is not branded carries its unit in its name (`usageNanoCores`).
 *
 * Counters are doubles: the kubelet's CPU nanoseconds pass 2^53 after about 104 core-days. The error is then at most
 * some 500 ns of CPU time for a 96-core node after a year, which is harmless for rates.
 */
declare const unit: unique symbol;

/** A duration in milliseconds. */
export type Millis = number & { readonly [unit]?: 'ms' };

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type UnixMillis = number & { readonly [unit]?: 'unix-ms' };

export const SECOND: Millis = 1_000;
export const MINUTE: Millis = 60_000;
export const HOUR: Millis = 3_600_000;
export const NANOS_PER_MILLI = 1e6;
export const MIB = 1_048_576;
