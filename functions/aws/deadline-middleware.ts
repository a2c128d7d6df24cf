import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Clock } from '../../shared/core/clock.ts';
import { createDeadline, type Deadline } from '../../shared/core/deadline.ts';
import type { Millis } from '../../shared/core/units.ts';

/** Lambda's context, with the absolute deadline of this invocation. */
export interface DeadlineContext extends Context {
  deadline: Deadline;
}

/**
 * Gives each invocation its deadline: the end of the function's time less `reserve` milliseconds, which are for
 * the report and the answer. Lambda kills without a word what runs longer.
 */
export function deadlineMiddleware(deps: {
  readonly clock: Clock;
  readonly reserve: Millis;
}): MiddlewareObj<unknown, unknown, Error, DeadlineContext> {
  const dispose = ({ context }: { readonly context: Partial<DeadlineContext> }): void =>
    context.deadline?.[Symbol.dispose]();
  return {
    before: ({ context }) => {
      const left = context.getRemainingTimeInMillis() - deps.reserve;
      context.deadline = createDeadline(deps.clock.now() + left, deps.clock);
    },
    after: dispose,
    onError: dispose,
  };
}
