import { localPlatform } from '../../../functions/local/platform.ts';
import { createRuntime, type Runtime } from '../../../shared/app/runtime.ts';
import { runScrape } from '../../../shared/app/scrape.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import type { ShardRequest } from '../../../shared/fanout/invoker.ts';
import type { Partial } from '../../../shared/fanout/partial.ts';

/** What the pool asks of an instance of the scrape function. */
export type ShardOrder =
  | { readonly order: 'open'; readonly env: Readonly<Record<string, string>> }
  | { readonly order: 'shard'; readonly request: ShardRequest; readonly offset: number };

/** What an instance answers to a shard: the function's own answer, and what it cost. */
export interface ShardAnswer {
  readonly partial: Partial;
  /** CPU milliseconds of all threads. */
  readonly cpuMillis: number;
}

/** An instance of the scrape function as a process of its own: one shard after the other, kept warm. */
let runtime: Runtime | undefined;
let offset = 0;

async function obey(order: ShardOrder): Promise<ShardAnswer | null> {
  if (order.order === 'open') {
    const platform = {
      ...localPlatform({ write: () => undefined, writeLog: () => undefined }),
      clock: { now: () => Date.now() + offset, sleep: systemClock.sleep },
    };
    runtime = await createRuntime({ env: order.env, platform });
    return null;
  }
  if (runtime === undefined) throw new Error('shard before open');
  offset = order.offset;
  using deadline = createDeadline(order.request.endBy, runtime.platform.clock);
  const before = process.cpuUsage();
  const partial = await runScrape(runtime, order.request, { deadline });
  const { user, system } = process.cpuUsage(before);
  return { partial, cpuMillis: (user + system) / 1_000 };
}

process.on('message', (order: ShardOrder) => {
  obey(order).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ failed: error instanceof Error ? error.message : `${error}` }),
  );
});
process.on('disconnect', () => process.exit(0));
