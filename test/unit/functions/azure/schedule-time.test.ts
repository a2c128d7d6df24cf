import type { Timer } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { scheduleTime } from '../../../../functions/azure/schedule-time.ts';
import { AzureTimer } from '../../../sim/azure-timer.ts';

const NOON = Date.parse('2026-11-24T12:00:00Z');
const MINUTE = 60_000;

function timerOf(status: Partial<Timer['scheduleStatus']> | undefined, isPastDue = false): Timer {
  return { isPastDue, schedule: { adjustForDST: true }, scheduleStatus: status } as Timer;
}

/** The host's JSON as the library hands it over: first letters small. */
function handedOver(json: string): Timer {
  const { Schedule, ScheduleStatus, IsPastDue } = JSON.parse(json);
  const { Last: last, Next: next, LastUpdated: lastUpdated } = ScheduleStatus;
  return { isPastDue: IsPastDue, schedule: Schedule, scheduleStatus: { last, next, lastUpdated } };
}

describe('scheduleTime', () => {
  it.each([
    ['on the second', 0],
    ['a little early, as the host may be', -800],
    ['late after a long run', 40_000],
    ['as late as a minute', MINUTE],
  ])('is the time that has come, %s', (_, late) => {
    const timer = timerOf({ last: '2026-11-24T11:59:00.012+00:00', next: '2026-11-24T12:00:00+00:00' }, late > 30_000);

    expect(scheduleTime(timer, NOON + late)).toBe(NOON);
  });

  it('is the first minute of a new app, which never ran', () => {
    const timer = timerOf({ last: '0001-01-01T00:00:00', next: '2026-11-24T12:00:00+00:00' });

    expect(scheduleTime(timer, NOON + 20)).toBe(NOON);
  });

  it('is the minute that ran, for a run by hand before the next', () => {
    const timer = timerOf({ last: '2026-11-24T12:00:00.012+00:00', next: '2026-11-24T12:01:00+00:00' });

    expect(scheduleTime(timer, NOON + 30_000)).toBe(NOON + 12);
  });

  it('follows the status that a host keeps, run after run', () => {
    const host = new AzureTimer('0 * * * * *', NOON - 1_000);
    const times = [30, 60_015, 121_000].map((now) => {
      const time = scheduleTime(handedOver(host.due(NOON + now).json), NOON + now);
      host.ran(NOON + now);
      return time - NOON;
    });

    expect(times).toEqual([0, MINUTE, 2 * MINUTE]);
  });

  it('refuses the missed run of an app that stood still', () => {
    const timer = timerOf({ last: '2026-11-24T11:10:00Z', next: '2026-11-24T11:11:00Z' }, true);

    expect(() => scheduleTime(timer, NOON)).toThrow(
      /the run of 2026-11-24T11:11:00.000Z is 2940 s late \(the app stood still.*nothing is exported/,
    );
  });

  it('refuses an old event, also one that is not called past due', () => {
    const timer = timerOf({ last: '2026-11-24T11:57:00Z', next: '2026-11-24T11:58:00Z' });

    expect(() => scheduleTime(timer, NOON)).toThrow(/120 s late \(the event is old\)/);
  });

  it('refuses a status of times that are all still to come', () => {
    const timer = timerOf({ last: '2026-11-24T12:05:00Z', next: '2026-11-24T12:06:00Z' });

    expect(() => scheduleTime(timer, NOON)).toThrow(/last, 2026-11-24T12:05:00.000Z, is still to come/);
  });

  it('refuses a run by hand of an app that never ran', () => {
    const timer = timerOf({ last: '0001-01-01T00:00:00Z', next: '2026-11-24T12:01:00Z' });

    expect(() => scheduleTime(timer, NOON)).toThrow(/the event is old/);
  });

  it.each([
    ['no timer', undefined, 'nothing'],
    ['no status', timerOf(undefined), 'nothing'],
    ['no time', timerOf({}), 'nothing'],
    ['no text', timerOf({ next: 12 as never }), '12'],
    ['a word', timerOf({ next: 'soon' }), '"soon"'],
    ['a number as text', timerOf({ next: '12' }), '"12"'],
  ])('refuses a timer with %s', (_, timer, got) => {
    expect(() => scheduleTime(timer, NOON)).toThrow(
      `timer: scheduleStatus.next must be the ISO time of the run, got ${got}; the host says none`,
    );
  });
});
