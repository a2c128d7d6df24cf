import { type Millis, SECOND, type UnixMillis } from '../core/units.ts';
import type { Quota } from '../sinks/quota.ts';

/** How fast tokens come, and how many wait at most. */
export interface BucketSize {
  readonly perSecond: number;
  readonly burst: number;
}

/** Of a quota so much goes at once after a rest, and so much evenly in the length of its window. */
const BURST_SHARE = 0.2;
const RATE_SHARE = 0.7;
/** Sums of fractions are not exact. */
const ROUNDING = 1e-6;

/**
 * The bucket that keeps to a quota, wherever the backend's windows begin: one of them meets at most a full bucket and what
 * comes into it meanwhile. That leaves a tenth of the quota for requests that are slower on their way than those after them.
 */
export function bucketSize({ most, per }: Quota): BucketSize {
  return { perSecond: (RATE_SHARE * most * SECOND) / per, burst: BURST_SHARE * most };
}

/**
 * A token bucket. It knows what was taken and has not come back: so its size may change at any time, and what was taken stays
 * taken. Within any time T it gives at most perSecond × T + burst, or one cost if that is more than the burst.
 */
export interface Bucket {
  /** Sets the size, and the turn (0 to below 1) of a bucket that holds less than one token; what is taken counts on. */
  resize(size: BucketSize, turn: number, now: UnixMillis): void;
  /** What it holds at most. */
  readonly burst: number;
  /** Milliseconds until so many tokens may be taken; 0 = now. */
  wait(cost: number, now: UnixMillis): Millis;
  take(cost: number): void;
}

/** A full bucket. */
export function createBucket(initial: BucketSize, now: UnixMillis): Bucket {
  let size = initial;
  let taken = 0;
  let at = now;
  const settle = (time: UnixMillis): void => {
    taken = Math.max(0, taken - (Math.max(0, time - at) * size.perSecond) / SECOND);
    at = time;
  };
  return {
    get burst() {
      return size.burst;
    },
    resize(next, turn, time) {
      settle(time);
      size = next;
      // A whole token is not there yet. The turns of all who share the quota make theirs come one after the other.
      taken = Math.max(taken, 1 - size.burst - turn);
    },
    wait(cost, time) {
      settle(time);
      const missing = taken + cost - Math.max(size.burst, cost);
      return missing <= ROUNDING ? 0 : Math.ceil((missing * SECOND) / size.perSecond);
    },
    take(cost) {
      taken += cost;
    },
  };
}
