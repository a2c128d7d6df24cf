import type { Deadline } from './deadline.ts';
import type { Millis } from './units.ts';

/** How much later than it was asked for a shared deadline may be: a hundredth of its time, but no more than so much. */
const SPARE = 0.01;
const MOST_SPARE: Millis = 10;

/**
 * Deadlines for many pieces of work of about one duration. Those that begin at about the same time have one together: each is a timer, a
 * signal, and a listener to the signal of the work around it. Ends all with `dispose`.
 */
export interface SharedDeadlines extends Disposable {
  /** A deadline in `duration`, or up to 10 ms later (a hundredth of it if that is less), and never after the one around it. It is not the taker's to end. */
  take(duration: Millis): Deadline;
}

/** Deadlines within `around`. */
export function createSharedDeadlines(around: Deadline): SharedDeadlines {
  const made: Deadline[] = [];
  let latest: Deadline | undefined;
  return {
    take(duration) {
      if (duration >= around.remaining()) return around;
      const longest = duration + Math.min(duration * SPARE, MOST_SPARE);
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
