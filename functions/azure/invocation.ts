import type { InvocationContext } from '@azure/functions';
import { systemClock } from '../../shared/core/clock.ts';
import { createDeadline, type Deadline } from '../../shared/core/deadline.ts';
import { type Millis, SECOND } from '../../shared/core/units.ts';
import { failureLine } from '../../shared/telemetry/failure-line.ts';
import { functionTime } from './function-time.ts';
import { loggingTo, writeLog } from './invocation-log.ts';

/** Kept back from the function's time: the host's clock started before ours, and it kills without a word what runs longer. */
const RESERVE: Millis = 2 * SECOND;

/**
 * Runs one invocation with the end of the function's time, less a reserve for the report and the answer; its lines go to its
 * own log. What it throws is logged as one line, a bad configuration too, and goes on to the host, which counts it.
 */
export async function runInvocation<T>(
  context: InvocationContext,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const started = systemClock.now();
  return await loggingTo(context, async () => {
    try {
      using deadline = createDeadline(started + functionTime(process.env) - RESERVE, systemClock);
      return await work(deadline);
    } catch (error) {
      logFailure(error, context);
      throw error;
    }
  });
}

/** Writes one JSON line for what was thrown. */
export function logFailure(error: unknown, context: InvocationContext): void {
  const run = { function: context.functionName, request: context.invocationId, time: systemClock.now() };
  writeLog(failureLine(error, run));
}
