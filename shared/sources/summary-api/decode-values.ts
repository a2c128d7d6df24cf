// hot path: bench "decode"
import type { TableBuilder } from '../../core/table-builder.ts';
import type { UnixMillis } from '../../core/units.ts';
import type { Walk } from './decode-walk.ts';
import { countFault, type FaultCounts, type FaultName } from './faults.ts';
import { parseKubeletTime, ZERO_TIME } from './kubelet-time.ts';
import { MAX_CLOCK_AHEAD, MAX_VALUE } from './limits.ts';

function countBadNumber(value: unknown, faults: FaultCounts): void {
  if (typeof value !== 'number') countFault(faults, 'bad_number');
  else if (value < 0) countFault(faults, 'negative_value');
  else if (value > MAX_VALUE) countFault(faults, 'huge_value');
  else countFault(faults, 'bad_number');
}

/** A whole number from 0 to 2^63; NaN if it is absent, or anything else (counted). */
export function toCount(value: unknown, faults: FaultCounts): number {
  if (typeof value === 'number' && value >= 0 && value <= MAX_VALUE && Math.floor(value) === value) return value + 0;
  if (value !== undefined && value !== null) countBadNumber(value, faults);
  return Number.NaN;
}

/** A number from 0 to 2^63; NaN if it is absent, or anything else (counted). */
export function toAmount(value: unknown, faults: FaultCounts): number {
  if (typeof value === 'number' && value >= 0 && value <= MAX_VALUE) return value + 0;
  if (value !== undefined && value !== null) countBadNumber(value, faults);
  return Number.NaN;
}

/** Sets a dense metric to a whole number, if there is one. */
export function setCount(walk: Walk, table: TableBuilder, metric: number, row: number, value: unknown): void {
  if (value === undefined) return;
  const count = toCount(value, walk.faults);
  if (!Number.isNaN(count)) table.set(metric, row, count);
}

/** Sets a dense metric to a number, if there is one. */
export function setAmount(walk: Walk, table: TableBuilder, metric: number, row: number, value: unknown): void {
  if (value === undefined) return;
  const amount = toAmount(value, walk.faults);
  if (!Number.isNaN(amount)) table.set(metric, row, amount);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object as a wire type (all fields optional and unknown); undefined if it is absent, or something else (counted). */
export function toBlock<T extends object>(value: unknown, faults: FaultCounts): T | undefined {
  if (isObject(value)) return value as T;
  if (value !== undefined && value !== null) countFault(faults, 'bad_block');
  return undefined;
}

/** An entry of a list as a wire type; undefined and counted as `fault` if it is no object. */
export function toEntry<T extends object>(value: unknown, faults: FaultCounts, fault: FaultName): T | undefined {
  if (isObject(value)) return value as T;
  countFault(faults, fault);
  return undefined;
}

const NOTHING: readonly unknown[] = [];

/** A list; empty if it is absent or null, or something else (counted). */
export function toList(value: unknown, faults: FaultCounts): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value !== undefined && value !== null) countFault(faults, 'bad_block');
  return NOTHING;
}

/** A time; NaN if it is absent or zero, or garbage or in the far future (counted). */
export function toTime(value: unknown, walk: Walk): UnixMillis {
  if (typeof value !== 'string') {
    if (value !== undefined && value !== null) countFault(walk.faults, 'bad_time');
    return Number.NaN;
  }
  const at = parseKubeletTime(value);
  if (Number.isNaN(at)) {
    countFault(walk.faults, 'bad_time');
    return at;
  }
  if (at === ZERO_TIME) return Number.NaN;
  if (at <= walk.now + MAX_CLOCK_AHEAD) return at;
  countFault(walk.faults, 'future_time');
  return Number.NaN;
}
