import type { Millis } from '../core/units.ts';

/** Ceiling of the first wait; it doubles with each further attempt. */
const FIRST_WAIT: Millis = 200;
const LONGEST_WAIT: Millis = 5_000;
/** Never zero, whatever the dice say: a service that refuses at once is not asked in a loop. */
const SHORTEST_WAIT: Millis = 10;

/** Full jitter: a random part of a ceiling that doubles with each attempt (0 = the first repeat). */
export function backoff(attempt: number, random: () => number): Millis {
  const ceiling = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(attempt, 30));
  return Math.max(SHORTEST_WAIT, Math.floor(random() * ceiling));
}
