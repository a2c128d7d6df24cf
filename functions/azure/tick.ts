import type { InvocationContext, Timer } from '@azure/functions';
import { reportsOrLoss } from '../../shared/app/lost-ticks.ts';
import { runTick } from '../../shared/app/tick.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { runInvocation } from './invocation.ts';
import { azureRuntime } from './runtime.ts';
import { scheduleTime } from './schedule-time.ts';

/** The tick: one report per cluster. It throws at the very end if a minute is lost, for the app's failed executions. */
export async function tick(timer: Timer, context: InvocationContext): Promise<readonly TickReport[]> {
  return await runInvocation(context, async (deadline) => {
    const scheduledTime = scheduleTime(timer, systemClock.now());
    const runtime = await azureRuntime();
    return reportsOrLoss(await runTick(runtime, { scheduledTime, endBy: deadline.at }));
  });
}
