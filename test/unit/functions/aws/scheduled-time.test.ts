import { describe, expect, it } from 'vitest';
import { readScheduledTime, type TickEvent } from '../../../../functions/aws/scheduled-time.ts';

const NOW = Date.UTC(2026, 10, 24, 2, 10, 1);

describe('readScheduledTime', () => {
  it("is the scheduler's time", () => {
    expect(readScheduledTime({ scheduledTime: '2026-11-24T02:10:00Z' }, NOW)).toBe(Date.UTC(2026, 10, 24, 2, 10));
  });

  it.each<[string, TickEvent | null]>([
    ['a call by hand without an event', null],
    ['an event without a time', {}],
    ['a placeholder that nobody replaced', { scheduledTime: '<aws.scheduler.scheduled-time>' }],
  ])('leaves the time to the clock for %s', (_, event) => {
    expect(readScheduledTime(event, NOW)).toBeUndefined();
  });

  it('refuses a time that is none, because its stamp would be exported for good', () => {
    expect(() => readScheduledTime({ scheduledTime: 'soon' }, NOW)).toThrow(
      /scheduledTime must be an ISO time.*"soon"/,
    );
  });

  it('refuses a run that was kept too long on its way', () => {
    expect(() => readScheduledTime({ scheduledTime: '2026-11-24T02:08:00Z' }, NOW)).toThrow(
      /the run of 2026-11-24T02:08:00\.000Z is 121 s late: nothing is exported under that time/,
    );
  });
});
