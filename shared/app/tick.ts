import { countBatchPoints } from '../core/batch.ts';
import { createDeadline, type Deadline } from '../core/deadline.ts';
import { describeError, HeaplessError } from '../core/errors.ts';
import { type Millis, SECOND, type UnixMillis } from '../core/units.ts';
import { type ClaimResult, claimTick } from '../state/claim.ts';
import { collectTick } from './collect-tick.ts';
import { exportBatch } from './export-batch.ts';
import { mergeSinkReports } from './merge-sink-reports.ts';
import { quotaShares } from './quota-shares.ts';
import { emptyResult } from './report-tick.ts';
import type { Runtime } from './runtime.ts';
import { buildSelfBatch } from './self-batch.ts';
import { skewWarning } from './skew-warning.ts';
import type { SourceRuntime } from './source-runtime.ts';
import type { TickResult } from './tick-report.ts';
import { claimBy, tickStamp } from './tick-times.ts';
import { withoutRepeats } from './without-repeats.ts';

/** When a tick is for, and when it must have ended. */
export interface TickRequest {
  /** The scheduler's own time; undefined = now. The stamp is the end of the last whole window before it. */
  readonly scheduledTime: UnixMillis | undefined;
  /** Absolute end: the platform's remaining time. */
  readonly endBy: UnixMillis;
}

/**
 * One tick of every source, side by side: claims the stamp, lists, scatters, reduces, reports. One broken cluster costs
 * the others nothing. Never throws for what a run can meet; every report is also one log line.
 */
export async function runTick(runtime: Runtime, request: TickRequest): Promise<readonly TickResult[]> {
  const ticks = runtime.sources.map((source, index) => tickOfSource(runtime, { source, index, request }));
  const results = await Promise.all(ticks);
  for (const { report } of results) {
    runtime.logger.log(report.status === 'nothing' ? 'error' : 'info', 'tick', { report });
  }
  return results;
}

interface SourceTick {
  readonly source: SourceRuntime;
  readonly index: number;
  readonly request: TickRequest;
}

async function tickOfSource(runtime: Runtime, { source, index, request }: SourceTick): Promise<TickResult> {
  const { clock } = runtime.platform;
  const started = clock.now();
  const timestamp = tickStamp(request.scheduledTime ?? started, runtime.config.metricResolution);
  using deadline = createDeadline(request.endBy, clock);
  const empty = (status: 'skipped' | 'nothing', reason: string): TickResult =>
    emptyResult({ source, timestamp, status, reason, lag: started - timestamp, total: clock.now() - started });
  try {
    const claim = await holdTick(runtime, { source, timestamp, deadline });
    if (claim.status === 'taken') return empty('skipped', `${claim.by} has this tick`);
    if (claim.status === 'done') return empty('skipped', 'this tick has been done');
    const claimed = clock.now();
    const { backlog, repeated } = claim;
    const when = { timestamp, started, claimed, deadline };
    const result = await collectTick({ runtime, source, index, ...when, backlog, repeated });
    const told = await tellSelf(
      repeated ? withoutRepeats(runtime) : runtime,
      withWarnings(result, claim.warnings),
      deadline,
    );
    return withWarnings(told, await claim.release(told));
  } catch (error) {
    return empty('nothing', error instanceof HeaplessError ? error.message : describeError(error));
  }
}

/** Time for the export of a tick's own numbers: at most half of what is left. The rest is for the claim and the report. */
const SELF_TIME: Millis = 5 * SECOND;
const SELF_SHARE = 0.5;
const RELEASE_SHARE = 0.75;

/** Exports the numbers of the report through the same sinks; what became of them is added to the report. */
async function tellSelf(runtime: Runtime, result: TickResult, deadline: Deadline): Promise<TickResult> {
  const { report } = result;
  using within = deadline.within(Math.min(SELF_TIME, deadline.remaining() * SELF_SHARE));
  const batch = buildSelfBatch(report, runtime.config.metricResolution);
  const sinks = await exportBatch(runtime, batch, {
    levels: ['cluster'],
    deadline: within,
    cluster: report.cluster,
    part: 'self',
    backlog: [],
    resting: result.resting,
    share: undefined,
    quota: quotaShares(runtime, 1).totals,
  });
  const points = countBatchPoints(batch);
  const merged = mergeSinkReports([...report.sinks, ...sinks]);
  const lost = sinks.some(({ rejected, dropped, spilled }) => rejected + dropped + spilled > 0);
  const status = lost && report.status === 'whole' ? 'partial' : report.status;
  return { ...result, report: { ...report, status, points: report.points + points, sinks: merged } };
}

interface Held {
  readonly status: 'held';
  readonly warnings: readonly string[];
  /** Whether the last tick left something for a later one; undefined = nobody knows. */
  readonly backlog: boolean | undefined;
  /** True if an earlier run of this tick did not finish. */
  readonly repeated: boolean;
  release(result: TickResult): Promise<readonly string[]>;
}

type Refused = Exclude<ClaimResult, { readonly status: 'claimed' }>;

/** Claims the tick. A store that fails is a warning: a possible duplicate is better than a certain gap. */
async function holdTick(
  runtime: Runtime,
  tick: { readonly source: SourceRuntime; readonly timestamp: UnixMillis; readonly deadline: Deadline },
): Promise<Held | Refused> {
  const { clock, name, random } = runtime.platform;
  using claiming = createDeadline(claimBy(clock.now(), tick.deadline.at), clock, tick.deadline.signal);
  const holder = `${name}-${Math.floor(random() * 2 ** 48).toString(36)}`;
  const leaseUntil = tick.deadline.at;
  try {
    const { timestamp, source } = tick;
    const claim = await claimTick(runtime.store, {
      cluster: source.cluster,
      timestamp,
      holder,
      leaseUntil,
      clock,
      signal: claiming.signal,
    });
    if (claim.status !== 'claimed') return claim;
    const warnings = [claim.setAside, skewWarning(claim.skew, "the state store's")].filter(
      (warning) => warning !== undefined,
    );
    if (claim.takenOverFrom !== undefined)
      warnings.push(`taken over from ${claim.takenOverFrom}, which did not finish`);
    return {
      status: 'held',
      warnings,
      backlog: claim.backlog,
      repeated: claim.takenOverFrom !== undefined,
      async release(result) {
        using releasing = tick.deadline.within(tick.deadline.remaining() * RELEASE_SHARE);
        const left = { backlog: leavesBacklog(result) };
        try {
          if ((await claim.release(result.report.status, left, releasing.signal)) === 'released') return [];
          return ['the lease of this tick ended before it did, and another run has claimed since'];
        } catch (error) {
          return [`the claim was not released: ${describeError(error)}; it ends by itself`];
        }
      },
    };
  } catch (error) {
    const warning = `the tick could not be claimed: ${describeError(error)}; it goes on, and another run may export it too`;
    return { status: 'held', warnings: [warning], backlog: undefined, repeated: false, release: async () => [] };
  }
}

/** True if something waits for a sink, or a part of the tick may have ended without saying so. */
function leavesBacklog({ report: { sinks, status }, backlogKnown }: TickResult): boolean {
  return !backlogKnown || status !== 'whole' || sinks.some(({ backlog }) => (backlog?.waiting ?? 0) > 0);
}

function withWarnings(result: TickResult, warnings: readonly string[]): TickResult {
  if (warnings.length === 0) return result;
  return { ...result, report: { ...result.report, warnings: [...result.report.warnings, ...warnings] } };
}
