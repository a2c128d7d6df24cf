import { checkAnswer } from '../../shared/fanout/check-version.ts';
import type { ShardInvoker } from '../../shared/fanout/invoker.ts';
import type { Partial } from '../../shared/fanout/partial.ts';
import type { ReduceResult, Reducer } from '../../shared/fanout/reducer.ts';
import { callFunction, type HttpTarget, nameOf } from './http-call.ts';

/** Runs shards in the scrape function. */
export function createHttpInvoker(target: HttpTarget): ShardInvoker {
  return {
    invoke: async (request, deadline) =>
      checkAnswer<Partial>(
        await callFunction({ request, what: `shard ${request.shard}` }, target, deadline),
        nameOf(target.url),
      ),
  };
}

/** Runs the reduction in the reduce function. */
export function createHttpReducer(target: HttpTarget): Reducer {
  return {
    reduce: async (request, deadline) =>
      checkAnswer<ReduceResult>(
        await callFunction({ request, what: 'the totals' }, target, deadline),
        nameOf(target.url),
      ),
  };
}
