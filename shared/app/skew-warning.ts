import { type Millis, SECOND } from '../core/units.ts';

/** A clock that is wrong by so much puts samples into wrong minutes. */
const MOST_SKEW: Millis = 30 * SECOND;

/** A warning if `whose` clock (`the state store's`) is far from ours; `skew` is how far it is ahead. */
export function skewWarning(skew: Millis | undefined, whose: string): string | undefined {
  if (skew === undefined || Math.abs(skew) <= MOST_SKEW) return undefined;
  const way = skew > 0 ? 'behind' : 'ahead of';
  return `this machine's clock is ${Math.round(Math.abs(skew) / SECOND)} s ${way} ${whose}; set it right`;
}
