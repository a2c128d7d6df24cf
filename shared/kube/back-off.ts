import type { Millis } from '../core/units.ts';

const FIRST: Millis = 250;
const LONGEST: Millis = 8_000;

/** Times that one request is tried: an API server that is short of breath is not asked more often than this. */
export const MAX_ATTEMPTS = 5;

/**
 * How long to wait before trying again, in ms: full jitter over a doubling bound, on top of what the server asked for.
 * `attempt` is 1 after the first failure; `random` gives [0, 1).
 */
export function backOff(attempt: number, retryAfter: Millis | undefined, random: () => number): Millis {
  const bound = Math.min(LONGEST, FIRST * 2 ** (attempt - 1));
  return Math.ceil((retryAfter ?? 0) + random() * (retryAfter === undefined ? bound : FIRST));
}
