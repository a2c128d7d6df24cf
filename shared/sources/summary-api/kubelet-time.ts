import type { UnixMillis } from '../../core/units.ts';

/** What `parseKubeletTime` gives for "no time": Go's zero time (year 1) and the epoch (a runtime's timestamp of 0). */
export const ZERO_TIME: UnixMillis = 0;

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAY = 86_400_000;
const ZERO = 48;

/** Two decimal digits at `at`; NaN if they are not. */
function two(text: string, at: number): number {
  const high = text.charCodeAt(at) - ZERO;
  const low = text.charCodeAt(at + 1) - ZERO;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days from 1970-01-01 to a date of 1970 or later; NaN if there is no such date. */
function daysTo(year: number, month: number, day: number): number {
  const length = (DAYS_IN_MONTH[month - 1] ?? 0) + (month === 2 && isLeap(year) ? 1 : 0);
  if (!(year >= 1970 && day >= 1 && day <= length)) return Number.NaN;
  const before = year - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - 477;
  const past = (DAYS_BEFORE_MONTH[month - 1] ?? Number.NaN) + (month > 2 && isLeap(year) ? 1 : 0);
  return (year - 1970) * 365 + leaps + past + day - 1;
}

/** Milliseconds of what follows the seconds: `Z`, a fraction, an offset `±hh:mm`; NaN if it is none of these. */
function tail(text: string): number {
  const match = /^(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/.exec(text);
  if (match === null) return Number.NaN;
  const fraction = match[1] === undefined ? 0 : Math.floor(Number(`0.${match[1]}`) * 1_000);
  if (match[2] === undefined) return fraction;
  const offset = (Number(match[3]) * 60 + Number(match[4])) * 60_000;
  return match[2] === '+' ? fraction - offset : fraction + offset;
}

/**
 * Unix milliseconds of an RFC 3339 time as Go writes it (`2026-01-13T18:40:14Z`; fractions and offsets too).
 * `ZERO_TIME` if it says "no time"; NaN if it is no time at all or before 1970.
 */
export function parseKubeletTime(text: string): UnixMillis {
  if (
    text.length < 20 ||
    text.charCodeAt(4) !== 45 ||
    text.charCodeAt(7) !== 45 ||
    text.charCodeAt(10) !== 84 ||
    text.charCodeAt(13) !== 58 ||
    text.charCodeAt(16) !== 58
  ) {
    return Number.NaN;
  }
  const year = two(text, 0) * 100 + two(text, 2);
  if (year === 1) return text === '0001-01-01T00:00:00Z' ? ZERO_TIME : Number.NaN;
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return Number.NaN;
  const rest = text.length === 20 && text.charCodeAt(19) === 90 ? 0 : tail(text.slice(19));
  const days = daysTo(year, two(text, 5), two(text, 8));
  const at = days * DAY + ((hour * 60 + minute) * 60 + second) * 1_000 + rest;
  return at >= 0 ? at : Number.NaN;
}
