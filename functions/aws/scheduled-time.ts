import { HeaplessError } from '../../shared/core/errors.ts';
import { MINUTE, type Millis, SECOND, type UnixMillis } from '../../shared/core/units.ts';

/** What EventBridge Scheduler sends to the tick: the time that the run is for, as ISO text. */
export interface TickEvent {
  readonly scheduledTime?: string;
}

/** EventBridge Scheduler puts the time in place of this; whoever runs the schedule without it sends the words. */
const PLACEHOLDER = '<aws.scheduler.scheduled-time>';

/** A run older than this is refused. Scheduler and queue each drop what is a minute old, so together they may bring older ones. */
const MOST_LATE: Millis = MINUTE;

/**
 * When the run was meant to start; undefined if nobody says (a call by hand), then the tick takes the clock.
 * Throws `HeaplessError` (`event_invalid`) on a time that is none, or more than a minute ago: now's values are not that
 * minute's, and a wrong stamp would be exported for good.
 */
export function readScheduledTime(event: TickEvent | null | undefined, now: UnixMillis): UnixMillis | undefined {
  const text = event?.scheduledTime;
  if (text === undefined || text === PLACEHOLDER) return undefined;
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    const message = `event: scheduledTime must be an ISO time such as 2026-01-01T00:00:00Z, got ${JSON.stringify(text).slice(0, 64)}`;
    throw new HeaplessError(message, { code: 'event_invalid' });
  }
  if (now - time > MOST_LATE) {
    const late = Math.round((now - time) / SECOND);
    const message = `event: the run of ${new Date(time).toISOString()} is ${late} s late: nothing is exported under that time, the next run goes on`;
    throw new HeaplessError(message, { code: 'event_invalid' });
  }
  return time;
}
