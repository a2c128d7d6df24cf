import type { MiddlewareObj } from '@middy/core';
import type { Clock } from '../../shared/core/clock.ts';
import { ConfigError, describeError, HeaplessError } from '../../shared/core/errors.ts';
import type { DeadlineContext } from './deadline-middleware.ts';

/**
 * Writes one JSON line (`function_failed`) for an invocation that throws, then lets the error go on to Lambda, which
 * counts it and answers the caller with its message. It works without a runtime: a bad configuration must be seen too.
 */
export function errorMiddleware(deps: {
  readonly clock: Clock;
  readonly write: (line: string) => void;
}): MiddlewareObj<unknown, unknown, Error, DeadlineContext> {
  return {
    onError: ({ error, context }) => {
      const line = {
        time: new Date(deps.clock.now()).toISOString(),
        level: 'error',
        event: 'function_failed',
        function: context.functionName,
        request: context.awsRequestId,
        code: error instanceof HeaplessError ? error.code : 'unexpected',
        message: describeError(error),
        ...(error instanceof ConfigError ? { problems: error.problems } : {}),
        ...(error?.cause === undefined ? {} : { cause: describeError(error.cause) }),
      };
      deps.write(`${JSON.stringify(line)}\n`);
    },
  };
}
