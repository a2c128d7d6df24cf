import { HeaplessError } from '../core/errors.ts';
import type { TickReport, TickResult } from './tick-report.ts';

/**
 * The reports of a run, for a platform that counts failed runs. Throws `HeaplessError` (`tick_failed`) if a cluster gave
 * nothing at all or no sink took anything, so that the platform's count, and an alarm on it, mean lost minutes.
 */
export function reportsOrLoss(results: readonly TickResult[]): readonly TickReport[] {
  const reports = results.map(({ report }) => report);
  const lost = reports.filter(isLost);
  if (lost.length > 0) throw new HeaplessError(lost.map(lossOf).join('; '), { code: 'tick_failed' });
  return reports;
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
