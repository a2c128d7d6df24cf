import type { MetricBatch } from '../core/batch.ts';
import { MetricBatchBuilder } from '../core/batch-builder.ts';
import { metricId } from '../core/metrics.ts';
import type { Millis } from '../core/units.ts';
import type { TickReport } from './tick-report.ts';

const TICKS = metricId('heapless/ticks');
const NODES = metricId('heapless/nodes');
const POINTS = metricId('heapless/points');
const STAGE_DURATION = metricId('heapless/stage_duration');
const BACKLOG_POINTS = metricId('heapless/backlog_points');
const BACKLOG_AGE = metricId('heapless/backlog_age');

/**
 * The numbers of a tick's report as metrics of the cluster, with the tick's own stamp: what was asked, what came, what went
 * out, what waits. Labels are outcomes, stages and sinks: their number is bounded. The export of these numbers themselves
 * is in the report alone.
 */
export function buildSelfBatch(report: TickReport, resolution: Millis): MetricBatch {
  const { timestamp, cluster, nodes, stages, apiServer } = report;
  const builder = new MetricBatchBuilder({ timestamp, resolution, cluster });
  const table = builder.table('cluster');
  const row = table.addRow();
  const add = (metric: number, labels: readonly string[], value: number): void =>
    table.addSparse(row, metric, builder.ownLabels(...labels), value);

  table.set(metricId('heapless/lag'), row, Math.round(report.lag));
  table.set(metricId('heapless/tick_duration'), row, Math.round(stages['total'] ?? Number.NaN));
  table.set(metricId('heapless/api_requests'), row, apiServer.requests);
  table.set(metricId('heapless/api_bytes'), row, apiServer.bytes);
  table.set(metricId('heapless/peak_memory'), row, report.peakRssBytes);
  add(TICKS, ['status', report.status], 1);
  add(NODES, ['outcome', 'answered'], nodes.answered);
  add(NODES, ['outcome', 'failed'], nodes.failed);
  add(NODES, ['outcome', 'late'], nodes.late);
  for (const [stage, millis] of Object.entries(stages)) {
    if (stage !== 'total') add(STAGE_DURATION, ['stage', stage], Math.round(millis));
  }
  for (const [sink, sums] of bySink(report)) {
    for (const [outcome, points] of Object.entries(sums.points))
      add(POINTS, ['outcome', outcome, 'sink', sink], points);
    if (sums.waiting === undefined) continue;
    add(BACKLOG_POINTS, ['sink', sink], sums.waiting);
    add(BACKLOG_AGE, ['sink', sink], sums.oldest === undefined ? 0 : Math.max(0, timestamp - sums.oldest));
  }
  return builder.build();
}

interface SinkSums {
  readonly points: Record<string, number>;
  waiting: number | undefined;
  oldest: number | undefined;
}

/** Sums by the sink's key: two sinks of one kind are one label. */
function bySink(report: TickReport): ReadonlyMap<string, SinkSums> {
  const sums = new Map<string, SinkSums>();
  for (const { sink, delivered, rejected, dropped, spilled, resting, leftOut, backlog } of report.sinks) {
    const known = sums.get(sink) ?? { points: {}, waiting: undefined, oldest: undefined };
    sums.set(sink, known);
    const counts = {
      delivered,
      rejected: rejected + (backlog?.rejected ?? 0),
      dropped,
      spilled,
      ...(resting === undefined ? {} : { resting }),
      ...(leftOut === undefined ? {} : { left_out: leftOut }),
      ...(backlog === undefined ? {} : { replayed: backlog.replayed, expired: backlog.expired }),
    };
    for (const [outcome, points] of Object.entries(counts))
      known.points[outcome] = (known.points[outcome] ?? 0) + points;
    if (backlog === undefined) continue;
    known.waiting = (known.waiting ?? 0) + backlog.waiting;
    if (backlog.oldest !== undefined) known.oldest = Math.min(known.oldest ?? backlog.oldest, backlog.oldest);
  }
  return sums;
}
