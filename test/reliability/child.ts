import { localPlatform } from '../../functions/local/platform.ts';
import { createRuntime } from '../../shared/app/runtime.ts';
import { runTick } from '../../shared/app/tick.ts';
import { type Clock, systemClock } from '../../shared/core/clock.ts';
import type { Order, Said } from './messages.ts';

/*
 * A collector as a process of its own, to be killed or stopped at any moment: it is configured by HEAPLESS_* as the command
 * is, and runs one tick for each order of its parent, who moves the calendar. It ends when the parent lets go of it.
 */
const say = (said: Said): void => {
  process.send?.(said);
};

let offset = 0;
const clock: Clock = { now: () => Date.now() + offset, sleep: systemClock.sleep };
const platform = { ...localPlatform({ write: () => undefined, writeLog: () => undefined }), clock };
const runtime = await createRuntime({ env: process.env, platform });
process.on('disconnect', () => process.exit());
process.on('message', (order: Order) => {
  offset = order.offset;
  say({ kind: 'begun' });
  const endBy = clock.now() + order.millis;
  const ticks = Array.from({ length: order.times ?? 1 }, () => runTick(runtime, { scheduledTime: order.stamp, endBy }));
  Promise.all(ticks).then(
    (results) => say({ kind: 'done', reports: results.flat().map(({ report }) => report) }),
    (error: unknown) => say({ kind: 'failed', why: String(error) }),
  );
});
say({ kind: 'ready' });
