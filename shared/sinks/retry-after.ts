import { HOUR, type Millis, SECOND, type UnixMillis } from '../core/units.ts';

/** Longer waits than this are taken for nonsense. */
const LONGEST: Millis = 24 * HOUR;

/** A `Retry-After` header (RFC 9110: seconds, or an HTTP date) as a wait from `now`; undefined if it says nothing usable. */
export function readRetryAfter(header: string | null | undefined, now: UnixMillis): Millis | undefined {
  const text = header?.trim() ?? '';
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * SECOND : waitUntil(text, now);
  return wait === undefined || wait > LONGEST ? undefined : Math.max(0, wait);
}

function waitUntil(text: string, now: UnixMillis): Millis | undefined {
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at - now;
}
