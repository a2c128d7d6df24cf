import { type Clock, setAlarm } from './clock.ts';
import { DeadlineError } from './errors.ts';
import type { Millis, UnixMillis } from './units.ts';

/**
 * An absolute point in time by which work ends, with the signal that aborts it.
 * Pass deadlines, never durations; `dispose` ends the timer when the work ended before it.
 */
export interface Deadline extends Disposable {
  readonly at: UnixMillis;
  readonly signal: AbortSignal;
  /** Milliseconds left, never below 0. */
  remaining(): Millis;
  /** A deadline at most `duration` from now and never after this one; it aborts with this one too. */
  within(duration: Millis): Deadline;
}

/** A deadline at `at` by `clock`; aborts with a `DeadlineError` (code `deadline_exceeded`), or with `parent`. */
export function createDeadline(at: UnixMillis, clock: Clock, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  const onParent = (): void => controller.abort(parent?.reason);
  const expire = (): void =>
    controller.abort(new DeadlineError('the deadline has passed', { code: 'deadline_exceeded' }));
  const left = at - clock.now();
  const silence = left <= 0 ? undefined : setAlarm(clock, left, expire);
  if (left <= 0) expire();
  if (parent?.aborted) onParent();
  else parent?.addEventListener('abort', onParent, { once: true });
  return {
    at,
    signal: controller.signal,
    remaining: () => Math.max(0, at - clock.now()),
    within: (duration) => createDeadline(Math.min(at, clock.now() + duration), clock, controller.signal),
    [Symbol.dispose]: () => {
      silence?.();
      parent?.removeEventListener('abort', onParent);
    },
  };
}
