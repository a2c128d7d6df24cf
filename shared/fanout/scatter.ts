import type { Deadline } from '../core/deadline.ts';
import { describeError } from '../core/errors.ts';
import { createGate } from './gate.ts';
import type { ShardInvoker, ShardRequest } from './invoker.ts';
import type { Partial } from './partial.ts';

/** What came back from one shard. A failure is a value: its nodes are counted, the other shards go on. */
export type ShardResult =
  | { readonly status: 'answered'; readonly request: ShardRequest; readonly partial: Partial }
  | { readonly status: 'failed' | 'late'; readonly request: ShardRequest; readonly message: string };

/**
 * Invokes all shards, at most `concurrency` at once, and gathers every outcome. Never rejects and never outlives
 * `deadline`: a shard that is not back by then is `late`, whatever its invoker does with the signal.
 */
export async function scatter(
  requests: readonly ShardRequest[],
  deps: { readonly invoker: ShardInvoker; readonly concurrency: number; readonly deadline: Deadline },
): Promise<readonly ShardResult[]> {
  const gate = createGate(deps.concurrency);
  return Promise.all(requests.map((request) => gate.run(() => invokeOne(request, deps))));
}

async function invokeOne(
  request: ShardRequest,
  { invoker, deadline }: { readonly invoker: ShardInvoker; readonly deadline: Deadline },
): Promise<ShardResult> {
  const late: ShardResult = { status: 'late', request, message: 'the shard was not back by the deadline of the tick' };
  if (deadline.signal.aborted) return late;
  const { promise: expired, resolve: expire } = Promise.withResolvers<ShardResult>();
  const onAbort = (): void => expire(late);
  deadline.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([expired, answer(request, invoker, deadline)]);
  } finally {
    deadline.signal.removeEventListener('abort', onAbort);
  }
}

async function answer(request: ShardRequest, invoker: ShardInvoker, deadline: Deadline): Promise<ShardResult> {
  try {
    const partial = await invoker.invoke(request, deadline);
    if (partial.version === 1 && partial.timestamp === request.timestamp && partial.shard === request.shard) {
      return { status: 'answered', request, partial };
    }
    return { status: 'failed', request, message: `shard ${request.shard} answered for another tick or version` };
  } catch (error) {
    return { status: 'failed', request, message: describeError(error) };
  }
}
