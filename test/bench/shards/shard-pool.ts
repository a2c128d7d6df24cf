import { availableParallelism } from 'node:os';
import type { ShardInvoker } from '../../../shared/fanout/invoker.ts';
import type { Partial } from '../../../shared/fanout/partial.ts';
import { type Child, startChild } from '../child.ts';
import type { ShardOrder } from './shard-process.ts';

/** Instances of the scrape function as processes of this machine, as many as it has cores. */
export interface ShardPool extends ShardInvoker {
  setClock(offset: number): void;
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
        const partial = (await ask(child, { order: 'shard', request, offset })) as Partial;
        peak = Math.max(peak, partial.peakRssBytes ?? 0);
        return partial;
      } finally {
        give(child);
      }
    },
    setClock(millis) {
      offset = millis;
    },
    peakRssBytes: () => peak,
    async close() {
      for (const child of children) await child.close();
    },
  };
}
