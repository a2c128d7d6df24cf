import type { InvocationContext } from '@azure/functions';
import type { Runtime } from '../../shared/app/runtime.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { createDeadline, type Deadline } from '../../shared/core/deadline.ts';
import { ConfigError, describeError, HeaplessError } from '../../shared/core/errors.ts';
import { type Millis, SECOND } from '../../shared/core/units.ts';
import { functionTime } from './function-time.ts';
import { loggingTo, writeLog } from './invocation-log.ts';
import { azureRuntime } from './runtime.ts';

/** Kept back from the function's time: the host's clock started before ours, and it kills without a word what runs longer. */
const RESERVE: Millis = 2 * SECOND;

/** What one invocation works with. */
export interface Invocation {
  readonly runtime: Runtime;
  /** The end of the function's time, less a reserve for the report and the answer. */
  readonly deadline: Deadline;
}

/**
 * Runs one invocation with its absolute deadline and the warm runtime, its lines in its own log. What it throws is logged as
 * one line (`function_failed`), a bad configuration too, and goes on to the host, which counts it.
 */
export async function runInvocation<T>(
  context: InvocationContext,
  work: (invocation: Invocation) => Promise<T>,
): Promise<T> {
  const started = systemClock.now();
  return await loggingTo(context, async () => {
    try {
      using deadline = createDeadline(started + functionTime(process.env) - RESERVE, systemClock);
      return await work({ runtime: await azureRuntime(), deadline });
    } catch (error) {
      writeLog(failureLine(error, context));
      throw error;
    }
  });
}

function failureLine(error: unknown, context: InvocationContext): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const line = {
    time: new Date(systemClock.now()).toISOString(),
    level: 'error',
    event: 'function_failed',
    function: context.functionName,
    request: context.invocationId,
    code: error instanceof HeaplessError ? error.code : 'unexpected',
    message: describeError(error),
    ...(error instanceof ConfigError ? { problems: error.problems } : {}),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
  return `${JSON.stringify(line)}\n`;
}
