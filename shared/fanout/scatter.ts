import type { Deadline } from '../core/deadline.ts';
import { describeError } from '../core/errors.ts';
import { createGate } from './gate.ts';
import type { ShardInvoker, ShardRequest } from './invoker.ts';
import type { MergedPartial } from './merge.ts';
import type { Partial } from './partial.ts';
import { PartialMerger } from './partial-merger.ts';

/** What became of one shard. A failure is a value: its nodes are counted, the other shards go on. */
export type ShardResult =
  | { readonly status: 'answered'; readonly request: ShardRequest }
  | { readonly status: 'failed' | 'late'; readonly request: ShardRequest; readonly message: string };

/** All shards of a tick, and what those that answered gave. */
export interface Scattered {
  readonly results: readonly ShardResult[];
  readonly merged: MergedPartial;
}

type Answer = { readonly partial: Partial } | { readonly status: 'failed' | 'late'; readonly message: string };

/**
 * Invokes all shards, at most `concurrency` at once, in the order of their names, and gathers every outcome. Never rejects and never
 * outlives `deadline`: a shard that is not back by then is `late`, whatever its invoker does with the signal.
 */
export async function scatter(
  requests: readonly ShardRequest[],
  deps: { readonly invoker: ShardInvoker; readonly concurrency: number; readonly deadline: Deadline },
): Promise<Scattered> {
  const gate = createGate(deps.concurrency);
  const ordered = requests.toSorted((a, b) => (a.shard < b.shard ? -1 : 1));
  const merger = new PartialMerger(ordered.map(({ shard }) => shard));
  const gather = async (request: ShardRequest): Promise<ShardResult> => {
    const answer = await gate.run(() => invokeOne(request, deps));
    if ('partial' in answer) {
      merger.take(request.shard, answer.partial);
      return { status: 'answered', request };
    }
    merger.take(request.shard, undefined);
    return { ...answer, request };
  };
  const results = await Promise.all(ordered.map(gather));
  return { results, merged: merger.merged() };
}

async function invokeOne(
  request: ShardRequest,
  { invoker, deadline }: { readonly invoker: ShardInvoker; readonly deadline: Deadline },
): Promise<Answer> {
  const late: Answer = { status: 'late', message: 'the shard was not back by the deadline of the tick' };
  if (deadline.signal.aborted) return late;
  const { promise: expired, resolve: expire } = Promise.withResolvers<Answer>();
  const onAbort = (): void => expire(late);
  deadline.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([expired, answer(request, invoker, deadline)]);
  } finally {
    deadline.signal.removeEventListener('abort', onAbort);
  }
}

async function answer(request: ShardRequest, invoker: ShardInvoker, deadline: Deadline): Promise<Answer> {
  try {
    const partial = await invoker.invoke(request, deadline);
    if (partial.version === 1 && partial.timestamp === request.timestamp && partial.shard === request.shard) {
      return { partial };
    }
    return { status: 'failed', message: `shard ${request.shard} answered for another tick or version` };
  } catch (error) {
    return { status: 'failed', message: describeError(error) };
  }
}
