import type { Clock } from '../../../shared/core/clock.ts';
import type { Deadline } from '../../../shared/core/deadline.ts';
import { DeadlineError } from '../../../shared/core/errors.ts';
import type { Millis, UnixMillis } from '../../../shared/core/units.ts';

/** Time that passes only while everything waits for it. */
export interface VirtualTime {
  readonly clock: Clock;
  /** Lengths of all sleeps, in their order. */
  readonly slept: readonly Millis[];
  /** A deadline `duration` from now. */
  deadline(duration: Millis): Deadline;
  /** Calls back after a time. */
  after(duration: Millis, action: () => void): void;
  /** Lets time pass until the promise settles. */
  run<T>(work: Promise<T>): Promise<T>;
}

interface Timer {
  readonly at: UnixMillis;
  readonly fire: () => void;
}

/** Turns of the event loop after which everything that can go on without time has done so. */
const TURNS = 500;

export function createVirtualTime(start: UnixMillis = Date.UTC(2026, 10, 24)): VirtualTime {
  let now = start;
  const timers = new Set<Timer>();
  const slept: Millis[] = [];
  const after = (duration: Millis, fire: () => void): Timer => {
    const timer = { at: now + Math.max(0, duration), fire };
    timers.add(timer);
    return timer;
  };
  const clock: Clock = {
    now: () => now,
    sleep: (duration, signal) =>
      new Promise((resolve) => {
        slept.push(duration);
        if (signal?.aborted === true) return resolve();
        const timer = after(duration, resolve);
        signal?.addEventListener('abort', () => {
          timers.delete(timer);
          resolve();
        });
      }),
  };
  const deadlineAt = (at: UnixMillis, parent?: AbortSignal): Deadline => {
    const controller = new AbortController();
    const expire = (): void => controller.abort(new DeadlineError('late', { code: 'deadline_exceeded' }));
    const timer = after(at - now, expire);
    parent?.addEventListener('abort', expire);
    return {
      at,
      signal: controller.signal,
      remaining: () => Math.max(0, at - now),
      within: (duration) => deadlineAt(Math.min(at, now + duration), controller.signal),
      [Symbol.dispose]: () => void timers.delete(timer),
    };
  };
  return {
    clock,
    slept,
    deadline: (duration) => deadlineAt(now + duration),
    after: (duration, action) => void after(duration, action),
    async run(work) {
      let settled = false;
      const end = (): void => {
        settled = true;
      };
      work.then(end, end);
      for (;;) {
        for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
        if (settled) return await work;
        const next = [...timers].sort((a, b) => a.at - b.at)[0];
        if (next === undefined) throw new Error('nothing is left to wait for');
        timers.delete(next);
        now = Math.max(now, next.at);
        next.fire();
      }
    },
  };
}
