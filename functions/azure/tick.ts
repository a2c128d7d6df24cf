import type { InvocationContext, Timer } from '@azure/functions';
import { runTick } from '../../shared/app/tick.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { HeaplessError } from '../../shared/core/errors.ts';
import { runInvocation } from './invocation.ts';
import { azureRuntime } from './runtime.ts';
import { scheduleTime } from './schedule-time.ts';

/**
 * The tick: one report per cluster. It throws at the very end if a cluster gave nothing at all or no sink took anything,
 * so that the app's failed executions, and an alert on them, mean lost minutes.
 */
export async function tick(timer: Timer, context: InvocationContext): Promise<readonly TickReport[]> {
  return await runInvocation(context, async (deadline) => {
    const scheduledTime = scheduleTime(timer, systemClock.now());
    const runtime = await azureRuntime();
    const results = await runTick(runtime, { scheduledTime, endBy: deadline.at });
    const reports = results.map(({ report }) => report);
    const lost = reports.filter(isLost);
    if (lost.length > 0) throw new HeaplessError(lost.map(lossOf).join('; '), { code: 'tick_failed' });
    return reports;
  });
}

function isLost(report: TickReport): boolean {
  return report.status === 'nothing' || undelivered(report);
}

/** True if there was something to export and no sink acknowledged any of it. */
function undelivered({ sinks }: TickReport): boolean {
  return sinks.some((sink) => sink.encoded > 0) && sinks.every((sink) => sink.delivered === 0);
}

function lossOf(report: TickReport): string {
  const stamp = new Date(report.timestamp).toISOString();
  const why = report.status === 'nothing' ? (report.reason ?? 'no node answered') : 'no sink took anything';
  return `cluster ${report.cluster}: nothing for ${stamp}: ${why}`;
}
