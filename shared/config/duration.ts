import { ConfigError } from '../core/errors.ts';
import { HOUR, MINUTE, type Millis, SECOND } from '../core/units.ts';

const MILLIS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // U+00B5
  μs: 1e-3, // U+03BC
  ms: 1,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
};

const WHOLE = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*$/;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/** What a duration looks like, for problems. */
export const DURATION_FORM = 'a duration such as "90s", "1m0s" or "500ms"';

/** Milliseconds of a Go duration (`1m0s`, `1.5h`, `-2s`, `0`), or undefined if the text is none. Source: Go time.ParseDuration. */
export function readDuration(text: string): Millis | undefined {
  if (/^[-+]?0$/.test(text)) return 0;
  if (!WHOLE.test(text)) return undefined;
  let millis = 0;
  for (const [, amount, unit] of text.matchAll(PART)) millis += Number(amount) * (MILLIS_PER_UNIT[unit ?? ''] ?? 0);
  return text.startsWith('-') ? -millis : millis;
}

/** As `readDuration`; throws `ConfigError` if the text is no duration. */
export function parseDuration(text: string): Millis {
  const millis = readDuration(text);
  if (millis !== undefined) return millis;
  throw new ConfigError([{ where: 'duration', problem: `must be ${DURATION_FORM}, got ${JSON.stringify(text)}` }]);
}

/** A duration as Go writes it: `1m0s`, `20s`, `500ms`. */
export function formatDuration(millis: Millis): string {
  if (millis < 0) return `-${formatDuration(-millis)}`;
  if (millis === 0) return '0s';
  if (millis < SECOND) return `${millis}ms`;
  const hours = Math.floor(millis / HOUR);
  const minutes = Math.floor((millis % HOUR) / MINUTE);
  const seconds = (millis % MINUTE) / SECOND;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
