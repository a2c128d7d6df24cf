import { runReduce } from '../../shared/app/reduce.ts';
import { checkRequest } from '../../shared/fanout/check-version.ts';
import type { ReduceRequest } from '../../shared/fanout/reducer.ts';
import { createLambdaHandler } from './lambda-handler.ts';

/** The reduce function: the merged totals of all shards in, their export's report out. */
export const handler = createLambdaHandler(async (runtime, event: ReduceRequest, deadline) => {
  const request = checkRequest<ReduceRequest>(event, 'reduce');
  using own = deadline.within(request.endBy - runtime.platform.clock.now());
  return runReduce(runtime, request, own);
});
