import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import { createSharedDeadlines } from '../../../shared/core/shared-deadlines.ts';

/** A clock that is told the time and rings alarms by it. */
function testClock(): Clock & { pass(duration: number): void; alarms(): number } {
  let now = 1_000_000;
  const alarms = new Set<{ readonly at: number; readonly ring: () => void }>();
  return {
    now: () => now,
    sleep: () => Promise.reject(new Error('nobody sleeps here')),
    alarm(duration, ring) {
      const alarm = { at: now + duration, ring };
      alarms.add(alarm);
      return () => alarms.delete(alarm);
    },
    pass(duration) {
      now += duration;
      for (const alarm of [...alarms].filter(({ at }) => at <= now)) {
        alarms.delete(alarm);
        alarm.ring();
      }
    },
    alarms: () => alarms.size,
  };
}

describe('shared deadlines', () => {
  it('are one for work that begins at about the same time, never earlier than asked for and 10 ms later at most', () => {
    const clock = testClock();
    using around = createDeadline(clock.now() + 60_000, clock);
    using deadlines = createSharedDeadlines(around);
    const taken = [];
    for (let begun = 0; begun < 100; begun++) {
      const deadline = deadlines.take(10_000);
      expect(deadline.remaining()).toBeGreaterThanOrEqual(10_000);
      expect(deadline.remaining()).toBeLessThanOrEqual(10_010);
      taken.push(deadline);
      clock.pass(1);
    }

    // A new one whenever the spare time is used up.
    expect(new Set(taken).size).toBe(10);
    expect(clock.alarms()).toBe(1 + 10);
  });

  it('abort what has them, at their time', () => {
    const clock = testClock();
    using around = createDeadline(clock.now() + 60_000, clock);
    using deadlines = createSharedDeadlines(around);
    const first = deadlines.take(1_000);
    clock.pass(500);
    const second = deadlines.take(1_000);

    clock.pass(510);
    expect([first.signal.aborted, second.signal.aborted]).toEqual([true, false]);
    clock.pass(500);
    expect([second.signal.aborted, around.signal.aborted]).toEqual([true, false]);
    expect(deadlines.take(1_000).signal.aborted).toBe(false);
  });

  it('are the one around when there is no more time than that', () => {
    const clock = testClock();
    using around = createDeadline(clock.now() + 1_000, clock);
    using deadlines = createSharedDeadlines(around);

    expect(deadlines.take(1_000)).toBe(around);
    expect(deadlines.take(5_000)).toBe(around);
    expect(deadlines.take(995).at).toBe(around.at);
    clock.pass(2_000);
    expect(deadlines.take(10).signal.aborted).toBe(true);
  });

  it('are made for the duration that is asked for: another one has another', () => {
    const clock = testClock();
    using around = createDeadline(clock.now() + 60_000, clock);
    using deadlines = createSharedDeadlines(around);

    expect(deadlines.take(10_000).remaining()).toBe(10_010);
    expect(deadlines.take(500).remaining()).toBe(505);
  });

  it('end with the one around, and leave no timer when they are disposed', () => {
    const clock = testClock();
    const ended = new AbortController();
    using around = createDeadline(clock.now() + 60_000, clock, ended.signal);
    const deadlines = createSharedDeadlines(around);
    const taken = deadlines.take(1_000);

    ended.abort();
    expect(taken.signal.aborted).toBe(true);
    deadlines[Symbol.dispose]();
    expect(clock.alarms()).toBe(1);
  });
});
