import { reportsOrLoss } from '../../shared/app/lost-ticks.ts';
import { runTick } from '../../shared/app/tick.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { answerVerified } from '../http/answer-call.ts';
import { readRunTime } from '../http/run-time.ts';
import { createHandler, verifyCaller } from './http-function.ts';
import { gcpRuntime } from './runtime.ts';

/**
 * What Cloud Scheduler says of a run: the time that it is for, the same for every attempt at it.
 * https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs#HttpTarget, read 2026-11-24
 */
const HEADER = 'X-CloudScheduler-ScheduleTime';

/**
 * The tick: one report per cluster. It answers with an error at the very end if a minute is lost, so that the job's failures,
 * and an alert on them, mean lost minutes.
 */
export const tick = createHandler('tick', (request, end, onError) =>
  answerVerified(request.headers.authorization, {
    verify: verifyCaller,
    work: async () => {
      const time = request.headers[HEADER.toLowerCase()];
      const scheduledTime = readRunTime(typeof time === 'string' ? time : undefined, HEADER, systemClock.now());
      const runtime = await gcpRuntime();
      return reportsOrLoss(await runTick(runtime, { scheduledTime, endBy: end() }));
    },
    onError,
  }),
);
