import type { Deadline } from '../core/deadline.ts';
import type { Millis, UnixMillis } from '../core/units.ts';
import type { Failure } from './classify.ts';

/** A timer may fire this much before its time by the clock. */
const TIMER_SLACK: Millis = 10;

/**
 * What a passed deadline means for a request. `late`: it had no fair chance, because an outer deadline (the tick's) ended
 * it before its own `deadline.at`, or because it waited for a place in flight longer than it was in flight. `timeout`:
 * the server or the kubelet is slow. `placed` is when it got its place, undefined if it never did.
 */
export function deadlineFailure(
  deadline: Deadline,
  times: { readonly asked: UnixMillis; readonly placed: UnixMillis | undefined; readonly now: UnixMillis },
): Failure {
  const { asked, placed, now } = times;
  if (placed === undefined || placed - asked > now - placed) {
    return { status: 'failed', reason: 'late', message: 'the deadline came while waiting for a place in flight' };
  }
  if (deadline.remaining() > TIMER_SLACK) {
    return { status: 'failed', reason: 'late', message: 'the tick ended while waiting for the answer' };
  }
  return { status: 'failed', reason: 'timeout', message: 'no complete answer by the deadline' };
}
