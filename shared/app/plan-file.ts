import { describeError } from '../core/errors.ts';
import { retiredShards, settlePlan } from '../fanout/plan.ts';
import { parseShardPlan, type ShardPlan } from '../fanout/shard-plan.ts';
import type { ObjectStore, PutCondition } from '../state/object-store.ts';
import { counterKey } from './counter-file.ts';
import { seriesKey } from './series-file.ts';

/** The stored shard plan of a cluster: which shard holds which node's counters. */
export interface PlanFile {
  /** The last plan; undefined if there is none or it cannot be read (then it is said in `warnings`). */
  readonly previous: ShardPlan | undefined;
  readonly warnings: readonly string[];
  /** Stores the plan after a tick if it differs, and deletes the counters of shards that nobody needs any more. */
  settle(plan: ShardPlan, answered: ReadonlySet<string>, signal: AbortSignal): Promise<readonly string[]>;
}

export async function openPlanFile(store: ObjectStore, cluster: string, signal: AbortSignal): Promise<PlanFile> {
  const key = `plan/${encodeURIComponent(cluster)}`;
  const warnings: string[] = [];
  let previous: ShardPlan | undefined;
  let stored: string | undefined;
  let condition: PutCondition = { if: 'absent' };
  try {
    const object = await store.get(key, signal);
    if (object !== undefined) {
      condition = { if: 'version', version: object.version };
      stored = object.body.toString('utf8');
      previous = parseShardPlan(object.body);
      if (previous === undefined) warnings.push(`the shard plan ${key} is unreadable and is made anew`);
    }
  } catch (error) {
    warnings.push(`the shard plan ${key} could not be read: ${describeError(error)}`);
  }
  return {
    previous,
    warnings,
    async settle(plan, answered, signal) {
      const settled = settlePlan(plan, answered);
      const text = JSON.stringify(settled);
      if (text === stored) return [];
      try {
        const outcome = await store.put(key, Buffer.from(text), condition, signal);
        if (outcome.status === 'conflict') return [`the shard plan ${key} was changed by another run`];
        for (const shard of retiredShards(previous, settled)) {
          await store.delete(counterKey(cluster, shard), undefined, signal);
          await store.delete(seriesKey(cluster, shard), undefined, signal);
        }
        return [];
      } catch (error) {
        return [`the shard plan ${key} could not be stored: ${describeError(error)}`];
      }
    },
  };
}
