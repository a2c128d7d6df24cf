import type { MiddlewareObj } from '@middy/core';
import type { Clock } from '../../shared/core/clock.ts';
import { failureLine } from '../../shared/telemetry/failure-line.ts';
import type { DeadlineContext } from './deadline-middleware.ts';

/**
 * Writes one JSON line (`function_failed`) for an invocation that throws, then lets the error go on to Lambda, which
 * counts it and answers the caller with its message.
 */
export function errorMiddleware(deps: {
  readonly clock: Clock;
  readonly write: (line: string) => void;
}): MiddlewareObj<unknown, unknown, Error, DeadlineContext> {
  return {
    onError: ({ error, context }) => {
      const run = { function: context.functionName, request: context.awsRequestId, time: deps.clock.now() };
      deps.write(failureLine(error, run));
    },
  };
}
