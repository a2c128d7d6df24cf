import { HeaplessError } from '../../shared/core/errors.ts';
import type { ShardInvoker } from '../../shared/fanout/invoker.ts';
import type { Partial } from '../../shared/fanout/partial.ts';
import type { ReduceResult, Reducer } from '../../shared/fanout/reducer.ts';
import { callFunction, type HttpTarget } from './http-call.ts';

/** Runs shards in the scrape function. */
export function createHttpInvoker(target: HttpTarget): ShardInvoker {
  return {
    invoke: async (request, deadline) =>
      checkVersion<Partial>(await callFunction({ request, what: `shard ${request.shard}` }, target, deadline), target),
  };
}

/** Runs the reduction in the reduce function. */
export function createHttpReducer(target: HttpTarget): Reducer {
  return {
    reduce: async (request, deadline) =>
      checkVersion<ReduceResult>(await callFunction({ request, what: 'the totals' }, target, deadline), target),
  };
}

/** The answer of our own function, if it is of this version. Only a deployment half done gives another. */
function checkVersion<T extends { readonly version: 1 }>(answer: unknown, { url }: HttpTarget): T {
  if (typeof answer === 'object' && answer !== null && 'version' in answer && answer.version === 1) return answer as T;
  const message = `function ${url.pathname} at ${url.host} is of another version: deploy all functions together`;
  throw new HeaplessError(message, { code: 'invoke_failed' });
}
