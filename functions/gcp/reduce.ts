import { runReduce } from '../../shared/app/reduce.ts';
import type { ReduceRequest } from '../../shared/fanout/reducer.ts';
import { createHttpFunction } from './http-function.ts';

/** The reduce function: the merged totals of all shards in, their export's report out. */
export const reduce = createHttpFunction<ReduceRequest>('reduce', (runtime, request, deadline) =>
  runReduce(runtime, request, deadline),
);
