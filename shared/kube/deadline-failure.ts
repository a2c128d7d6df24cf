import type { Deadline } from '../core/deadline.ts';
import type { Millis } from '../core/units.ts';
import type { Failure } from './classify.ts';

/** A timer may fire this much before its time by the clock. */
const TIMER_SLACK: Millis = 10;

/**
 * What a passed deadline means for a request. `timeout`: the request was with the server up to its own `deadline.at`,
 * so the server or kubelet is slow. `late`: it had no fair chance, because an outer deadline (the tick's) ended it before
 * its own `at`, or because it still waited for a place in flight.
 */
export function deadlineFailure(deadline: Deadline, waited: 'for the answer' | 'for a place in flight'): Failure {
  if (waited === 'for a place in flight') {
    return { status: 'failed', reason: 'late', message: `the deadline came while waiting ${waited}` };
  }
  if (deadline.remaining() > TIMER_SLACK) {
    return { status: 'failed', reason: 'late', message: `the tick ended while waiting ${waited}` };
  }
  return { status: 'failed', reason: 'timeout', message: `no complete answer by the deadline` };
}
