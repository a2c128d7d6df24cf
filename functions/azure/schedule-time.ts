import type { Timer } from '@azure/functions';
import { HeaplessError } from '../../shared/core/errors.ts';
import { type Millis, SECOND, type UnixMillis } from '../../shared/core/units.ts';
import { MOST_LATE } from '../http/run-time.ts';

/** The host's clock may start a run a little before its time. */
const EARLY: Millis = SECOND;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:/;

/**
 * When this run of the timer was meant to start. The host hands over the status from before the run: `next` is the time
 * that has now come, `last` when it ran before. A run that is started by hand in between finds `next` still to come; then
 * `last` is the minute it belongs to, and the claim knows that minute as done.
 *
 * Throws `HeaplessError` (`event_invalid`) if nobody says a time, or one that is more than a minute ago: after a
 * standstill of the app the host starts the missed run at once (`isPastDue`), with its old time.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer, read 2026-11-24
 */
export function scheduleTime(timer: Timer | null | undefined, now: UnixMillis): UnixMillis {
  const status: Partial<Timer['scheduleStatus']> | null | undefined = timer?.scheduleStatus;
  const next = timeOf('next', status?.next);
  const time = next <= now + EARLY ? next : timeOf('last', status?.last);
  const late = now - time;
  if (late > MOST_LATE) throw tooOld(time, late, timer?.isPastDue === true);
  if (late < -EARLY) {
    const message = `timer: scheduleStatus.last, ${new Date(time).toISOString()}, is still to come: check the clock`;
    throw new HeaplessError(message, { code: 'event_invalid' });
  }
  return time;
}

function timeOf(name: 'next' | 'last', text: unknown): UnixMillis {
  const time = typeof text === 'string' && ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  const got = text === undefined ? 'nothing' : JSON.stringify(text).slice(0, 64);
  const message = `timer: scheduleStatus.${name} must be the ISO time of the run, got ${got}; the host says none for a schedule of less than a minute and without useMonitor`;
  throw new HeaplessError(message, { code: 'event_invalid' });
}

function tooOld(time: UnixMillis, late: Millis, pastDue: boolean): HeaplessError {
  const when = Number.isFinite(time) ? new Date(time).toISOString() : String(time);
  const why = pastDue ? 'the app stood still and the host starts the missed run' : 'the event is old';
  const message = `timer: the run of ${when} is ${Math.round(late / SECOND)} s late (${why}): nothing is exported under that time, the next run goes on`;
  return new HeaplessError(message, { code: 'event_invalid' });
}
