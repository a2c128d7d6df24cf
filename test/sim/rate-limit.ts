import type { UnixMillis } from '../../shared/core/units.ts';
import type { Quota } from '../../shared/sinks/quota.ts';

/** The strictest way to count a quota: no window of its length, wherever it begins, may hold more than the quota. */
export interface RateLimit {
  /** True if the cost is taken; false if it would be too much: then nothing is. */
  admit(cost: number, now: UnixMillis): boolean;
  /** How often it said no. */
  readonly refusals: number;
  /** The most that any window held. */
  readonly fullest: number;
}

export function createRateLimit({ most, per }: Quota): RateLimit {
  const taken: { readonly at: UnixMillis; readonly cost: number }[] = [];
  let oldest = 0;
  let held = 0;
  let refusals = 0;
  let fullest = 0;
  return {
    admit(cost, now) {
      for (let first = taken[oldest]; first !== undefined && first.at <= now - per; first = taken[++oldest]) {
        held -= first.cost;
      }
      if (held + cost > most) {
        refusals++;
        return false;
      }
      taken.push({ at: now, cost });
      held += cost;
      fullest = Math.max(fullest, held);
      return true;
    },
    get refusals() {
      return refusals;
    },
    get fullest() {
      return fullest;
    },
  };
}
