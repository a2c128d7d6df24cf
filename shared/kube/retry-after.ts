import type { Millis, UnixMillis } from '../core/units.ts';

/**
 * Milliseconds that a `Retry-After` header asks for: seconds or an HTTP date. Undefined if there is none or it says
 * nothing sensible; a date in the past is 0. Source: RFC 9110, 10.2.3.
 */
export function parseRetryAfter(header: string | undefined, now: UnixMillis): Millis | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  // Date.parse takes numbers and fragments for dates: an HTTP date begins with the day's name.
  const at = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
