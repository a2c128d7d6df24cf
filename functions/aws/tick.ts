import { reportsOrLoss } from '../../shared/app/lost-ticks.ts';
import { runTick } from '../../shared/app/tick.ts';
import { createLambdaHandler } from './lambda-handler.ts';
import { readScheduledTime, type TickEvent } from './scheduled-time.ts';

/** The tick function: one report per cluster. It throws at the very end if a minute is lost, for the function's `Errors`. */
export const handler = createLambdaHandler(async (runtime, event: TickEvent | null, deadline) =>
  reportsOrLoss(
    await runTick(runtime, {
      scheduledTime: readScheduledTime(event, runtime.platform.clock.now()),
      endBy: deadline.at,
    }),
  ),
);
