import { HeaplessError } from '../../shared/core/errors.ts';
import { MINUTE, type Millis, SECOND, type UnixMillis } from '../../shared/core/units.ts';

/** A run older than this is refused, as the scheduler on AWS drops it: now's values are not that minute's. */
export const MOST_LATE: Millis = MINUTE;
/** The scheduler's clock may be a little ahead of ours. */
export const MOST_EARLY: Millis = 5 * SECOND;

/**
 * The time that a run of a schedule is for, of the scheduler's own text in ISO form. `where` names the text in messages.
 * Throws `HeaplessError` (`event_invalid`) if it is missing, is no time, or is too old or still to come: a wrong stamp would
 * be exported for good.
 */
export function readRunTime(text: string | undefined, where: string, now: UnixMillis): UnixMillis {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  if (Number.isNaN(time) || !/^\d{4}-\d\d-\d\dT/.test(text ?? '')) {
    const got = text === undefined ? 'nothing' : JSON.stringify(text.slice(0, 64));
    throw invalid(`${where} must be the ISO time that the run is for, got ${got}; only the scheduler starts a tick`);
  }
  const when = new Date(time).toISOString();
  if (now - time > MOST_LATE) {
    const late = Math.round((now - time) / SECOND);
    throw invalid(
      `${where}: the run of ${when} is ${late} s late: nothing is exported under that time, the next run goes on`,
    );
  }
  if (time - now > MOST_EARLY) {
    const early = Math.round((time - now) / SECOND);
    throw invalid(
      `${where}: the run of ${when} is ${early} s ahead of our clock: wait for the schedule, or check the clock`,
    );
  }
  return time;
}

function invalid(message: string): HeaplessError {
  return new HeaplessError(message, { code: 'event_invalid' });
}
