import { checkAnswer } from '../../shared/fanout/check-version.ts';
import type { ShardInvoker } from '../../shared/fanout/invoker.ts';
import type { Partial } from '../../shared/fanout/partial.ts';
import type { ReduceResult, Reducer } from '../../shared/fanout/reducer.ts';
import { callFunction, type Invoke } from './lambda-call.ts';

/** Sockets to Lambda: as many shards as a tick may ever run at once. */
const MAX_SOCKETS = 1_000;

interface LambdaTarget {
  /** Name of the function (not its ARN). */
  readonly name: string;
  /** Opens the SDK's client; called with every shard, so it should keep what it opened. */
  readonly connect: () => Promise<Invoke>;
}

/**
 * Lambda's Invoke, for calls that take as long as a shard: one attempt (the tick counts what fails; a second try would
 * scrape the nodes twice), a socket for every shard at once, and no time limit but the deadline's.
 */
export async function connectLambda(): Promise<Invoke> {
  const { InvokeCommand, LambdaClient } = await import('./lambda-sdk.ts');
  const client = new LambdaClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2_000, httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS } },
  });
  return (input, options) => client.send(new InvokeCommand(input), options);
}

/** Runs shards in the scrape function. */
export function createLambdaInvoker({ name, connect }: LambdaTarget): ShardInvoker {
  return {
    async invoke(request, deadline) {
      const deps = { invoke: await connect(), deadline };
      return checkAnswer<Partial>(await callFunction({ name, request, what: `shard ${request.shard}` }, deps), name);
    },
  };
}

/** Runs the reduction in the reduce function. */
export function createLambdaReducer({ name, connect }: LambdaTarget): Reducer {
  return {
    async reduce(request, deadline) {
      const deps = { invoke: await connect(), deadline };
      return checkAnswer<ReduceResult>(await callFunction({ name, request, what: 'the totals' }, deps), name);
    },
  };
}
