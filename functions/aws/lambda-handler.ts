import middy, { type MiddyfiedHandler } from '@middy/core';
import type { Runtime } from '../../shared/app/runtime.ts';
import { systemClock } from '../../shared/core/clock.ts';
import type { Deadline } from '../../shared/core/deadline.ts';
import { type Millis, SECOND } from '../../shared/core/units.ts';
import { type DeadlineContext, deadlineMiddleware } from './deadline-middleware.ts';
import { errorMiddleware } from './error-middleware.ts';
import { packPayload, unpackPayload } from './packed-payload.ts';
import { awsRuntime, writeLog } from './runtime.ts';

/** Kept back from the function's time for the report, the answer and a slow clock. */
const RESERVE: Millis = SECOND;

/** Does one invocation: the event in, the JSON answer out; what it throws is logged once and Lambda sees it. */
export type Work<Event, Result> = (runtime: Runtime, event: Event, deadline: Deadline) => Promise<Result>;

/** A Lambda handler around `work`: error line, absolute deadline, warm runtime. */
export function createLambdaHandler<Event, Result>(
  work: Work<Event, Result>,
): MiddyfiedHandler<Event, Result, Error, DeadlineContext> {
  return middy<Event, Result, Error, DeadlineContext>()
    .use(errorMiddleware({ clock: systemClock, write: writeLog }))
    .use(deadlineMiddleware({ clock: systemClock, reserve: RESERVE }))
    .handler(async (event, context) => {
      const result = await work(await awsRuntime(), unpackPayload(event) as Event, context.deadline);
      return packPayload(result) as Result;
    });
}
