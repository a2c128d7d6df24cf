import type { Millis, UnixMillis } from './units.ts';

/** The only source of time. `sleep` ends early, without error, when the signal aborts. */
export interface Clock {
  now(): UnixMillis;
  sleep(duration: Millis, signal?: AbortSignal): Promise<void>;
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
