import type { Millis } from '../core/units.ts';

const UNITS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};
const FORM = /^(?:\d{1,12}(?:\.\d{1,12})?(?:h|ms|m|s|us|µs|ns)){1,8}$/;
const PART = /(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g;

/** Milliseconds of a duration as Go writes it (`15.057s`, `1m0s`); NaN if it is none. */
export function parseGoDuration(text: string): Millis {
  if (!FORM.test(text)) return Number.NaN;
  let sum = 0;
  for (const [, count, unit = ''] of text.matchAll(PART)) sum += Number(count) * (UNITS[unit] ?? Number.NaN);
  return sum;
}
