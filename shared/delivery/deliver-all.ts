import type { MetricBatch } from '../core/batch.ts';
import { selectBatch } from '../sinks/selection.ts';
import type { Sink } from '../sinks/sink.ts';
import { deliver } from './deliver.ts';
import type { DeliveryDeps } from './deliver-request.ts';
import type { SinkReport } from './report.ts';

/**
 * Delivers a batch to all sinks at once, each with the levels and metrics it wants. A sink that hangs, breaks or is
 * slow costs the others nothing: each has its own workers and its own signal. `deliverOne` does the work of one sink.
 */
export function deliverAll(
  sinks: readonly Sink[],
  batch: MetricBatch,
  deps: DeliveryDeps,
  deliverOne: (sink: Sink, batch: MetricBatch, deps: DeliveryDeps) => Promise<SinkReport> = deliver,
): Promise<readonly SinkReport[]> {
  return Promise.all(
    sinks.map(async (sink) => {
      using deadline = deps.deadline.within(deps.deadline.remaining());
      return await deliverOne(sink, selectBatch(batch, sink.selection), { ...deps, deadline });
    }),
  );
}
