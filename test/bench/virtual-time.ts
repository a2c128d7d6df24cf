import { MINUTE, type Millis, type UnixMillis } from '../../shared/core/units.ts';

/** A minute's first seconds: a step's stamp is the minute before, and its samples lie in this one. */
const INTO_THE_MINUTE: Millis = 5_000;

/** The clocks of contestants: each lives in its own minutes, so that its samples are a minute apart. */
export interface VirtualTime<T> {
  /** Distance of the contestant's clock from this machine's for its next step. */
  begin(contestant: T, now: UnixMillis): Millis;
  /** Moves the contestant to the first minute that begins after its step. */
  end(contestant: T, wall: Millis): void;
}

/** All begin in the minute after `now`. */
export function createVirtualTime<T>(now: UnixMillis): VirtualTime<T> {
  const first = Math.ceil(now / MINUTE) * MINUTE + INTO_THE_MINUTE;
  const next = new Map<T, UnixMillis>();
  return {
    begin: (contestant, at) => (next.get(contestant) ?? first) - at,
    end(contestant, wall) {
      const minutes = 1 + Math.floor((INTO_THE_MINUTE + wall) / MINUTE);
      next.set(contestant, (next.get(contestant) ?? first) + minutes * MINUTE);
    },
  };
}
