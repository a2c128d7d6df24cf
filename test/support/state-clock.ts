import type { Clock } from '../../shared/core/clock.ts';
import type { UnixMillis } from '../../shared/core/units.ts';

/** A clock that stands still until it is moved; `sleep` moves it. */
export interface VirtualClock extends Clock {
  advance(millis: number): void;
}

export function createVirtualClock(now: UnixMillis): VirtualClock {
  let current = now;
  return {
    now: () => current,
    sleep: async (duration) => {
      current += duration;
    },
    advance(millis) {
      current += millis;
    },
  };
}
