import { availableParallelism } from 'node:os';
import type { ShardInvoker } from '../../../shared/fanout/invoker.ts';
import { type Child, startChild } from '../child.ts';
import type { ShardAnswer, ShardOrder } from './shard-process.ts';

/** Instances of the scrape function as processes of this machine, as many as it has cores. */
export interface ShardPool extends ShardInvoker {
  /** Begins a tick by a clock that is so far from this machine's. */
  begin(offset: number): void;
  /** CPU of the instances for the shards of this tick. */
  cpuMillis(): number;
  /** Largest peak of an instance's resident set. */
  peakRssBytes(): number;
  close(): Promise<void>;
}

export const POOL_SIZE = availableParallelism();

export async function startShardPool(env: Readonly<Record<string, string>>): Promise<ShardPool> {
  const children = Array.from({ length: POOL_SIZE }, () => startChild(new URL('./shard-process.ts', import.meta.url)));
  const ask = (child: Child, order: ShardOrder): Promise<unknown> => child.ask(order);
  await Promise.all(children.map((child) => ask(child, { order: 'open', env })));
  const idle = [...children];
  const waiting: ((child: Child) => void)[] = [];
  let offset = 0;
  let peak = 0;
  let cpu = 0;
  const take = async (): Promise<Child> => idle.pop() ?? (await new Promise<Child>((resolve) => waiting.push(resolve)));
  const give = (child: Child): void => {
    const next = waiting.shift();
    if (next === undefined) idle.push(child);
    else next(child);
  };
  return {
    async invoke(request) {
      const child = await take();
      try {
        const { partial, cpuMillis } = (await ask(child, { order: 'shard', request, offset })) as ShardAnswer;
        peak = Math.max(peak, partial.peakRssBytes ?? 0);
        cpu += cpuMillis;
        return partial;
      } finally {
        give(child);
      }
    },
    begin(millis) {
      offset = millis;
      cpu = 0;
    },
    cpuMillis: () => cpu,
    peakRssBytes: () => peak,
    async close() {
      for (const child of children) await child.close();
    },
  };
}
