import type { Deadline } from './deadline.ts';
import type { Millis } from './units.ts';

/** How much later than it was asked for a shared deadline may be, as a share of its time. */
const SPARE = 0.01;

/**
 * Deadlines for many pieces of work of about one duration. Those that begin at about the same time have one together: each is a timer, a
 * signal, and a listener to the signal of the work around it. Ends all with `dispose`.
 */
export interface SharedDeadlines extends Disposable {
  /** A deadline in `duration`, or up to a hundredth of it later, and never after the one around it. It is not the taker's to end. */
  take(duration: Millis): Deadline;
}

/** Deadlines within `around`. */
export function createSharedDeadlines(around: Deadline): SharedDeadlines {
  const made: Deadline[] = [];
  let latest: Deadline | undefined;
  return {
    take(duration) {
      if (duration >= around.remaining()) return around;
      const longest = duration * (1 + SPARE);
      const left = latest?.remaining() ?? 0;
      if (latest !== undefined && left >= duration && left <= longest) return latest;
      latest = around.within(longest);
      made.push(latest);
      return latest;
    },
    [Symbol.dispose]() {
      for (const deadline of made) deadline[Symbol.dispose]();
    },
  };
}
