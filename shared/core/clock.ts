import type { Millis, UnixMillis } from './units.ts';

/** The only source of time. `sleep` ends early, without error, when the signal aborts. */
export interface Clock {
  now(): UnixMillis;
  sleep(duration: Millis, signal?: AbortSignal): Promise<void>;
  /**
   * Calls `ring` once after `duration`, unless the function that it returns was called before; it keeps no process alive.
   * Undefined = the machine's timers ring.
   */
  alarm?(duration: Millis, ring: () => void): () => void;
}

/** Longest time that a timer of the machine can wait for. */
const LONGEST: Millis = 2 ** 31 - 1;

/** An alarm by the clock's own time, or by the machine's timers where the clock has none. */
export function setAlarm(clock: Clock, duration: Millis, ring: () => void): () => void {
  if (clock.alarm !== undefined) return clock.alarm(duration, ring);
  const timer = setTimeout(ring, Math.min(duration, LONGEST));
  timer.unref();
  return () => clearTimeout(timer);
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (duration, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, duration));
      signal?.addEventListener('abort', done, { once: true });
    }),
};
