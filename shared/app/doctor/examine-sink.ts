import type { Deadline } from '../../core/deadline.ts';
import { describeError, HeaplessError } from '../../core/errors.ts';
import type { Sink } from '../../sinks/sink.ts';
import { beforeDeadline } from '../before-deadline.ts';
import { ok, problem, type StepFinding, skipped } from './finding.ts';

/** Lets a sink look at its backend, if it can without leaving a value there. */
export async function examineSink(sink: Sink, deadline: Deadline): Promise<StepFinding> {
  if (sink.check === undefined) {
    return skipped(
      'backend',
      'not checked: this backend has no answer that tells anything without a value being written',
    );
  }
  const mend = `mend what it says, or the sink's options: ${sink.name}:`;
  try {
    const { outcome, seen, unchecked } = await beforeDeadline(sink.check(deadline.signal), deadline, 'the backend');
    if (outcome.status === 'delivered') {
      const sentence = unchecked === undefined ? seen : `${seen}; not checked: ${unchecked}`;
      return ok('backend', sentence);
    }
    const cause = describeCause(outcome.cause);
    return outcome.status === 'retryable'
      ? problem('backend', `${cause} (what cannot be sent waits in the backlog)`, mend)
      : problem('backend', cause, mend);
  } catch (error) {
    return problem('backend', describeCause(error), mend);
  }
}

function describeCause(cause: unknown): string {
  return cause instanceof HeaplessError ? cause.message : describeError(cause);
}
