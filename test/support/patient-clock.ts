import './loaded-parts.ts';
import { performance } from 'node:perf_hooks';
import type { Clock } from '../../shared/core/clock.ts';
import type { Millis, UnixMillis } from '../../shared/core/units.ts';

/**
 * A clock that passes only while everybody waits: it goes faster than the machine's while the process idles, and stands
 * while the process works or a real service does (`during`). What a busy machine makes slow costs no deadline; a hang
 * costs what it must, in less time.
 */
export interface PatientClock extends Clock, Disposable {
  /** The time stands while this work is under way. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Lets time pass at once. Alarms that it passes ring. */
  pass(duration: Millis): void;
}

interface Alarm {
  readonly at: UnixMillis;
  readonly ring: () => void;
}

const LOOK_EVERY: Millis = 2;
/** Time that passes for each millisecond of waiting. */
const SPEED = 4;
/** Most time that passes between two looks: a process that the machine did not let look was not idle for all of it. */
const MOST_AT_ONCE: Millis = 4;

export function createPatientClock(start: UnixMillis): PatientClock {
  let now = start;
  let working = 0;
  let before = performance.eventLoopUtilization();
  const alarms = new Set<Alarm>();

  const ringDue = (): void => {
    const due = [...alarms].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    for (const alarm of due) if (alarms.delete(alarm)) alarm.ring();
  };
  const look = (): void => {
    const seen = performance.eventLoopUtilization();
    const idle = Math.max(0, seen.idle - before.idle);
    before = seen;
    if (working > 0) return;
    now += Math.min(idle, MOST_AT_ONCE) * SPEED;
    ringDue();
  };
  const looking = setInterval(look, LOOK_EVERY);

  const alarm = (duration: Millis, ring: () => void): (() => void) => {
    const set: Alarm = { at: now + Math.max(0, duration), ring };
    alarms.add(set);
    return () => void alarms.delete(set);
  };
  return {
    now: () => now,
    alarm,
    sleep: (duration, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const done = (): void => {
          silence();
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const silence = alarm(duration, done);
        signal?.addEventListener('abort', done, { once: true });
      }),
    async during(work) {
      look();
      working++;
      try {
        return await work();
      } finally {
        look();
        working--;
      }
    },
    pass(duration) {
      now += duration;
      ringDue();
    },
    [Symbol.dispose]: () => clearInterval(looking),
  };
}
