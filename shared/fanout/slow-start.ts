import type { Millis } from '../core/units.ts';
import type { Opening } from './gate.ts';

/** How long the event loop waited and worked so far. */
export interface LoopTimes {
  readonly idle: Millis;
  readonly active: Millis;
}

/** Nodes that are asked at first. Each is two requests and two connections, its summary and its pods. */
const FIRST = 2;
const LOOK_EVERY: Millis = 5;
/** Share of the time that the event loop has to have been idle. */
const IDLE = 0.5;
/** A loop that is never idle may be busy with something else: after so long more are asked in any case. */
const LONGEST: Millis = 250;

/**
 * Few at first, and twice as many whenever this process waits for answers rather than for its own CPU. On a busy one each request more in
 * flight is a handshake, a buffer and a body in the way of the others, and none is answered sooner. See ADR 36.
 */
export function createSlowStart(read: () => LoopTimes = () => performance.eventLoopUtilization()): Opening {
  return {
    first: FIRST,
    every: LOOK_EVERY,
    watch() {
      let last = read();
      let opened = last;
      return () => {
        const now = read();
        const isIdle = now.idle - last.idle >= IDLE * between(last, now);
        last = now;
        if (!isIdle && between(opened, now) < LONGEST) return false;
        opened = now;
        return true;
      };
    },
  };
}

function between(one: LoopTimes, other: LoopTimes): Millis {
  return other.idle + other.active - one.idle - one.active;
}
