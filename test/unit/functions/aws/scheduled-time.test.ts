import { describe, expect, it } from 'vitest';
import { readScheduledTime, type TickEvent } from '../../../../functions/aws/scheduled-time.ts';

describe('readScheduledTime', () => {
  it("is the scheduler's time", () => {
    expect(readScheduledTime({ scheduledTime: '2026-11-24T02:10:00Z' })).toBe(Date.UTC(2026, 10, 24, 2, 10));
  });

  it.each<[string, TickEvent | null]>([
    ['a call by hand without an event', null],
    ['an event without a time', {}],
    ['a placeholder that nobody replaced', { scheduledTime: '<aws.scheduler.scheduled-time>' }],
  ])('leaves the time to the clock for %s', (_, event) => {
    expect(readScheduledTime(event)).toBeUndefined();
  });

  it('refuses a time that is none, because its stamp would be exported for good', () => {
    expect(() => readScheduledTime({ scheduledTime: 'soon' })).toThrow(/scheduledTime must be an ISO time.*"soon"/);
  });
});
