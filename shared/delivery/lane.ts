import type { Sink } from '../sinks/sink.ts';

/** The place in line of one delivery. */
export interface Turn {
  /**
   * Waits for a place in flight; false = the signal came first. Deliveries are served in the order in which they began: what was
   * collected first is sent first, and its rows can be freed.
   */
  take(signal: AbortSignal): Promise<boolean>;
  /** Gives a place back. */
  give(): void;
}

/** The places in flight of one sink, for all of its deliveries in this process. */
export interface Lane {
  /** Begins a delivery, behind those that have begun. */
  begin(): Turn;
}

interface Waiter {
  readonly turn: number;
  readonly enter: () => void;
}

/** A lane with so many places (at least 1). */
export function createLane(places: number): Lane {
  let free = Math.max(1, places);
  let turns = 0;
  /** By turn, and in it in the order of their coming. */
  const waiting: Waiter[] = [];

  function wait(turn: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(waiter), 1);
        resolve(false);
      };
      const waiter: Waiter = {
        turn,
        enter: () => {
          signal.removeEventListener('abort', leave);
          resolve(true);
        },
      };
      const behind = waiting.findIndex((other) => other.turn > turn);
      waiting.splice(behind < 0 ? waiting.length : behind, 0, waiter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  return {
    begin() {
      const turn = turns++;
      return {
        async take(signal) {
          if (signal.aborted) return false;
          if (free === 0) return await wait(turn, signal);
          free--;
          return true;
        },
        give() {
          const next = waiting.shift();
          if (next === undefined) free++;
          else next.enter();
        },
      };
    },
  };
}

/** The lanes of all sinks, for the life of a process. */
export interface Lanes {
  of(sink: Sink): Lane;
}

/** Each sink has a lane of its own, as wide as its limit: one that hangs is in nobody's way. */
export function createLanes(): Lanes {
  const lanes = new WeakMap<Sink, Lane>();
  return {
    of(sink) {
      const lane = lanes.get(sink) ?? createLane(sink.limits.concurrency);
      lanes.set(sink, lane);
      return lane;
    },
  };
}
