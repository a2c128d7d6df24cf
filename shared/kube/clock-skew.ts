import type { Millis, UnixMillis } from '../core/units.ts';

/** How far the API server's clock is ahead of ours, from the `Date` of its answers. */
export interface ClockSkew {
  /** One answer: its `Date`, when its request was sent, when its headers were there. */
  observe(date: string | undefined, sent: UnixMillis, received: UnixMillis): void;
  /** Milliseconds ahead; 0 while all that was seen fits equal clocks; undefined before the first `Date`. */
  estimate(): Millis | undefined;
}

/**
 * `Date` has whole seconds, so each answer gives a range: the skew lies in (date − received, date + 1 s − sent).
 * The ranges of all answers are intersected; one that does not fit (a clock was set) starts anew.
 */
export function createClockSkew(): ClockSkew {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  return {
    observe(date, sent, received) {
      const at = date === undefined ? Number.NaN : Date.parse(date);
      if (Number.isNaN(at)) return;
      const from = at - received;
      const to = at + 1_000 - sent;
      low = Math.max(low, from);
      high = Math.min(high, to);
      if (low > high) {
        low = from;
        high = to;
      }
    },
    estimate() {
      if (low === Number.NEGATIVE_INFINITY) return undefined;
      return low <= 0 && high >= 0 ? 0 : Math.round((low + high) / 2);
    },
  };
}
