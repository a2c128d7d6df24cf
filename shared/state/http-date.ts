import { SECOND, type UnixMillis } from '../core/units.ts';

/** A `Date` or `Last-Modified` header; undefined if it is absent or no date. */
export function readHttpDate(header: string | null | undefined): UnixMillis | undefined {
  const at = header === null || header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(at) ? undefined : at;
}

/** The last millisecond of a second: HTTP dates are whole seconds, rounded down. */
export function endOfSecond(time: UnixMillis | undefined): UnixMillis | undefined {
  return time === undefined ? undefined : time + SECOND - 1;
}
