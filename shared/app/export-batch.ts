import { countBatchPoints, type MetricBatch } from '../core/batch.ts';
import type { Deadline } from '../core/deadline.ts';
import type { Level } from '../core/level.ts';
import type { QuotaShare } from '../core/quota-share.ts';
import { type Millis, SECOND } from '../core/units.ts';
import { deliver } from '../delivery/deliver.ts';
import { deliverAll } from '../delivery/deliver-all.ts';
import type { DeliveryDeps } from '../delivery/deliver-request.ts';
import type { SinkReport } from '../delivery/report.ts';
import { type Budgeted, withinBudget } from '../delivery/series-budget.ts';
import type { Sink } from '../sinks/sink.ts';
import { type BacklogPlace, backlogSink, readBacklogKey } from '../state/backlog-key.ts';
import { createBacklogLedger } from './backlog-ledger.ts';
import { exportToSink } from './export-sink.ts';
import { hasBacklog } from './list-backlog.ts';
import type { Runtime } from './runtime.ts';

/** Kept back from the end of an export, so that what was not taken can be stored: at most a fifth of what is left. */
const SPILL_TIME: Millis = 3 * SECOND;
const SPILL_SHARE = 0.2;

export interface ExportOptions {
  readonly levels: readonly Level[];
  readonly deadline: Deadline;
  readonly cluster: string;
  /** Name of the shard, or `TOTALS`: under it is kept what a sink does not take. */
  readonly part: string;
  /** Keys of what waits from earlier ticks. */
  readonly backlog: readonly string[];
  /** Identities of sinks that rest: they are sent what waits, and nothing of this batch. */
  readonly resting: readonly string[];
  /** Share (0..1) of a sink's `max_series` that this batch may use; undefined = it does not count. */
  readonly share: number | undefined;
  /** Of the sinks' quotas; undefined = all. */
  readonly quota: QuotaShare | undefined;
}

/**
 * Exports a batch to every sink that takes one of `levels`, each inside the export timeout and the given deadline, and what
 * waits for it from earlier ticks. A sink that takes none of the levels is not in the answer.
 */
export async function exportBatch(
  runtime: Runtime,
  batch: MetricBatch,
  options: ExportOptions,
): Promise<readonly SinkReport[]> {
  const { config, platform } = runtime;
  const sinks = runtime.sinks.filter((sink) => sink.selection.levels.some((level) => options.levels.includes(level)));
  if (sinks.length === 0) return [];
  const places = options.backlog.flatMap((key) => readBacklogKey(key) ?? []);
  const left = options.deadline.remaining();
  const kept = hasBacklog(runtime) ? Math.min(SPILL_TIME, left * SPILL_SHARE) : 0;
  using deadline = options.deadline.within(Math.min(config.sinkExportDataTimeout, left - kept));
  const { clock, random } = platform;
  return await deliverAll(sinks, batch, { deadline, clock, random }, async (sink, wanted, deps) => {
    const { batch: selected, leftOut } = withinBudget(wanted, sink.selection, options.share);
    using ending = deps.deadline.within(
      Math.min(deps.deadline.remaining(), sink.exportTimeout ?? Number.POSITIVE_INFINITY),
    );
    using pace = runtime.pacers.lease(sink, options.quota);
    const delivery = { ...deps, deadline: ending, pace, lane: runtime.lanes.of(sink) };
    const rests = options.resting.includes(backlogSink(sink));
    const report = await exportOne(runtime, {
      sink,
      batch: rests ? { ...selected, tables: {} } : selected,
      places,
      delivery,
      options,
    });
    const told = withLeftOut(report, sink, leftOut);
    return rests ? { ...told, resting: countBatchPoints(selected) } : told;
  });
}

/** A report that also says which levels did not fit the sink's bound of series. */
function withLeftOut(report: SinkReport, { selection }: Sink, leftOut: Budgeted['leftOut']): SinkReport {
  if (leftOut.length === 0) return report;
  const problems = leftOut.map(({ level, points }) => ({
    problem: `left out by max_series=${selection.maxSeries}: level ${level}`,
    points,
  }));
  const points = leftOut.reduce((sum, each) => sum + each.points, 0);
  return { ...report, leftOut: points, problems: [...report.problems, ...problems] };
}

/** One sink's export, after the random wait that the sink asks for. */
async function exportOne(
  runtime: Runtime,
  {
    sink,
    batch,
    places,
    delivery,
    options,
  }: {
    readonly sink: Sink;
    readonly batch: MetricBatch;
    readonly places: readonly BacklogPlace[];
    readonly delivery: DeliveryDeps;
    readonly options: ExportOptions;
  },
): Promise<SinkReport> {
  const { backlog, initialDelay = 0 } = sink;
  const { config, store } = runtime;
  const { clock, random, deadline } = delivery;
  if (initialDelay > 0 && countBatchPoints(batch) > 0) {
    await clock.sleep(Math.min(random() * initialDelay, deadline.remaining()), deadline.signal);
  }
  if (backlog === undefined || !hasBacklog(runtime)) return await deliver(sink, batch, delivery);
  const owner = { cluster: options.cluster, sink: backlogSink(sink), part: options.part };
  return await exportToSink({
    sink,
    backlog,
    batch,
    places: places.filter((place) => place.sink === owner.sink),
    ledger: createBacklogLedger(store, owner),
    settings: config.backlog,
    ahead: config.backlog.ahead.includes(sink.name),
    delivery,
    deadline: options.deadline,
  });
}
