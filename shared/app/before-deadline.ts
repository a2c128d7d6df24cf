import type { Deadline } from '../core/deadline.ts';
import { DeadlineError } from '../core/errors.ts';

/**
 * Waits for `work` no longer than the deadline, whatever it does with a signal; what it gives later is not heard.
 * Throws `DeadlineError` (`deadline_exceeded`) that says `what` was waited for.
 */
export async function beforeDeadline<T>(work: Promise<T>, deadline: Deadline, what: string): Promise<T> {
  const { signal } = deadline;
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const onAbort = (): void =>
    reject(new DeadlineError(`${what} took longer than the time it had`, { code: 'deadline_exceeded' }));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, expired]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
