import { countBatchPoints } from '../core/batch.ts';
import type { Deadline } from '../core/deadline.ts';
import { TOTAL_LEVELS } from '../core/level.ts';
import type { ReduceRequest, ReduceResult } from '../fanout/reducer.ts';
import { buildTotals } from '../processors/totals-batch.ts';
import { TOTALS } from '../state/backlog-key.ts';
import { exportBatch } from './export-batch.ts';
import type { Runtime } from './runtime.ts';
import { createStopwatch } from './stopwatch.ts';
import { viewTotals } from './view-totals.ts';

/** The reduction of a tick: merged totals become rows of cluster, namespaces, workloads and groups, and are exported. */
export async function runReduce(runtime: Runtime, request: ReduceRequest, deadline: Deadline): Promise<ReduceResult> {
  const { config } = runtime;
  const source = runtime.sources[request.source];
  if (source === undefined) throw new RangeError(`source ${request.source} is not in this function's configuration`);
  const watch = createStopwatch(runtime.platform.clock);
  const batch = buildTotals(request.totals, {
    timestamp: request.timestamp,
    resolution: config.metricResolution,
    cluster: source.cluster,
    groupings: config.groupings,
    groupLimit: config.groupLimit,
    namespaceIds: request.namespaceIds,
    incomplete: config,
  });
  const sinks = await watch.time('export totals', () =>
    exportBatch(runtime, batch, {
      levels: TOTAL_LEVELS,
      deadline,
      cluster: source.cluster,
      part: TOTALS,
      backlog: request.backlog ?? [],
    }),
  );
  return {
    version: 1,
    timestamp: request.timestamp,
    rows: Object.fromEntries(Object.entries(batch.tables).map(([level, table]) => [level, table.rows])),
    points: countBatchPoints(batch),
    sinks,
    view: viewTotals(batch),
    stages: watch.stages(),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}
