import { createDeadline, type Deadline } from '../core/deadline.ts';
import { describeError, HeaplessError } from '../core/errors.ts';
import type { UnixMillis } from '../core/units.ts';
import { claimTick } from '../state/claim.ts';
import { collectTick } from './collect-tick.ts';
import { emptyReport } from './report-tick.ts';
import type { Runtime } from './runtime.ts';
import type { SourceRuntime } from './source-runtime.ts';
import type { TickResult } from './tick-report.ts';
import { tickStamp, tickTimes } from './tick-times.ts';

/** When a tick is for, and when it must have ended. */
export interface TickRequest {
  /** The scheduler's own time; undefined = now. The stamp is the last whole window before it. */
  readonly scheduledTime: UnixMillis | undefined;
  /** Absolute end: the platform's remaining time. */
  readonly endBy: UnixMillis;
}

/**
 * One tick of every source, side by side: claims the minute, lists, scatters, reduces, reports. One broken cluster costs
 * the others nothing. Never throws for what a run can meet; every report is also one log line.
 */
export async function runTick(runtime: Runtime, request: TickRequest): Promise<readonly TickResult[]> {
  const results = await Promise.all(
    runtime.sources.map((source, index) => tickOfSource(runtime, source, index, request)),
  );
  for (const { report } of results) {
    runtime.logger.log(report.status === 'nothing' ? 'error' : 'info', 'tick', { report });
  }
  return results;
}

async function tickOfSource(
  runtime: Runtime,
  source: SourceRuntime,
  index: number,
  request: TickRequest,
): Promise<TickResult> {
  const { clock, name, random } = runtime.platform;
  const started = clock.now();
  const timestamp = tickStamp(request.scheduledTime ?? started, runtime.config.metricResolution);
  const times = tickTimes(started, request.endBy, runtime.config);
  using deadline = createDeadline(request.endBy, clock);
  const empty = (status: 'skipped' | 'nothing', reason: string): TickResult =>
    emptyReport({ source, timestamp, status, reason, lag: started - timestamp, total: clock.now() - started });
  try {
    const holder = `${name}-${started.toString(36)}-${Math.floor(random() * 2 ** 32).toString(36)}`;
    const claim = await claimTick(runtime.store, {
      cluster: source.cluster,
      timestamp,
      holder,
      leaseUntil: request.endBy,
      clock,
      signal: deadline.signal,
    });
    if (claim.status === 'taken') return empty('skipped', `${claim.by} has this tick`);
    if (claim.status === 'done') return empty('skipped', 'this tick has been done');
    const claimed = clock.now() - started;
    const result = await collectTick({ runtime, source, index, timestamp, started, times, claimed, deadline });
    return await released(result, claim, deadline);
  } catch (error) {
    if (!(error instanceof HeaplessError)) runtime.logger.log('error', 'tick_failed', { error: describeError(error) });
    return empty('nothing', describeError(error));
  }
}
