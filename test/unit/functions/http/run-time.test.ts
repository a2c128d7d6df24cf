import { describe, expect, it } from 'vitest';
import { MOST_EARLY, MOST_LATE, readRunTime } from '../../../../functions/http/run-time.ts';

const NOW = Date.UTC(2026, 10, 24, 12, 0, 10);
const WHERE = 'header X-CloudScheduler-ScheduleTime';

const at = (millis: number): string => new Date(millis).toISOString();

describe('the time of a run', () => {
  it.each([
    ['now', NOW],
    ['as late as may be', NOW - MOST_LATE],
    ['as early as may be', NOW + MOST_EARLY],
  ])('is read: %s', (_, time) => {
    expect(readRunTime(at(time), WHERE, NOW)).toBe(time);
  });

  it('may have microseconds, as Cloud Scheduler writes it', () => {
    expect(readRunTime('2026-11-24T12:00:00.123456Z', WHERE, NOW)).toBe(Date.UTC(2026, 10, 24, 12, 0, 0, 123));
  });

  it.each([
    ['nothing', undefined, /ScheduleTime must be the ISO time that the run is for, got nothing/],
    ['words', 'soon', /got "soon"/],
    ['a number', '1763985600', /got "1763985600"/],
    ['an empty text', '', /got ""/],
    ['a minute ago and more', at(NOW - MOST_LATE - 1_000), /the run of 2026-11-24T11:59:09.000Z is 61 s late/],
    ['the next minute', at(NOW + 50_000), /is 50 s ahead of our clock/],
  ])('is refused: %s', (_, text, said) => {
    expect(() => readRunTime(text, WHERE, NOW)).toThrow(said);
    expect(() => readRunTime(text, WHERE, NOW)).toThrow(expect.objectContaining({ code: 'event_invalid' }));
  });
});
