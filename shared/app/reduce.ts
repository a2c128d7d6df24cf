import { countBatchPoints } from '../core/batch.ts';
import { createDeadline, type Deadline } from '../core/deadline.ts';
import { TOTAL_LEVELS } from '../core/level.ts';
import type { ReduceRequest, ReduceResult } from '../fanout/reducer.ts';
import { buildTotals } from '../processors/totals-batch.ts';
import { TOTALS } from '../state/backlog-key.ts';
import { exportBatch } from './export-batch.ts';
import type { Runtime } from './runtime.ts';
import { openSeriesFile } from './series-file.ts';
import { createStopwatch } from './stopwatch.ts';
import { viewTotals } from './view-totals.ts';
import { withoutRepeats } from './without-repeats.ts';

/** Of its time the reduction waits so much for what the state store saved. */
const STATE_SHARE = 0.25;

/** The reduction of a tick: merged totals become rows of cluster, namespaces, workloads and groups, and are exported. */
export async function runReduce(runtime: Runtime, request: ReduceRequest, by: Deadline): Promise<ReduceResult> {
  const { config } = runtime;
  const source = runtime.sources[request.source];
  if (source === undefined) throw new RangeError(`source ${request.source} is not in this function's configuration`);
  const { clock } = runtime.platform;
  using deadline = createDeadline(Math.min(request.endBy, by.at), clock, by.signal);
  using loading = deadline.within(deadline.remaining() * STATE_SHARE);
  const watch = createStopwatch(clock);
  const part = { cluster: source.cluster, part: TOTALS };
  const series = openSeriesFile(runtime, { ...part, inherit: [], levels: TOTAL_LEVELS });
  const warnings: string[] = [...((await series?.load(loading.signal)) ?? [])];
  const built = buildTotals(request.totals, {
    timestamp: request.timestamp,
    resolution: config.metricResolution,
    cluster: source.cluster,
    groupings: config.groupings,
    groupLimit: config.groupLimit,
    namespaceIds: request.namespaceIds,
    incomplete: config,
  });
  const batch = series?.withEnded(built, () => true) ?? built;
  const [sinks, unsaved] = await Promise.all([
    watch.time('export totals', () =>
      exportBatch(request.repeated === true ? withoutRepeats(runtime) : runtime, batch, {
        levels: TOTAL_LEVELS,
        deadline,
        ...part,
        backlog: request.backlog ?? [],
        resting: request.resting ?? [],
        share: 1,
        quota: request.quota,
      }),
    ),
    series?.save(batch, () => false, deadline.signal),
  ]);
  warnings.push(...(unsaved ?? []));
  return {
    version: 1,
    timestamp: request.timestamp,
    rows: Object.fromEntries(Object.entries(batch.tables).map(([level, table]) => [level, table.rows])),
    points: countBatchPoints(batch),
    sinks,
    view: viewTotals(batch),
    stages: watch.stages(),
    ...(warnings.length === 0 ? {} : { warnings }),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}
