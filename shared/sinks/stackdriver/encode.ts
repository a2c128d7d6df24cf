// hot path: bench "sinks"
import type { MetricBatch, MetricTable, OwnLabels } from '../../core/batch.ts';
import { LEVELS } from '../../core/level.ts';
import type { MetricDescriptor } from '../../core/metrics.ts';
import type { EncodeRejection } from '../sink.ts';
import { createSparseIndex } from '../sparse-by-row.ts';
import { RequestWriter, RowWriter } from './encode-rows.ts';
import { isTotal, seriesOf } from './mapping.ts';
import type { TimeSeriesRequest } from './request.ts';
import { createSeriesPart, type SeriesPart } from './series-part.ts';
import type { ModelName, StackdriverSettings } from './settings.ts';

type Reject = (rejection: EncodeRejection) => void;

/** Parts of a metric by resource model; undefined where a model has no series of it. */
type Parts = readonly (SeriesPart | undefined)[];

interface DenseMetric {
  readonly parts: Parts;
  readonly column: Float64Array;
}

/**
 * The batch as CreateTimeSeries requests of at most 200 series, in the order of levels, rows and metrics. A gauge's point is
 * at the stamp; a counter's reaches from the entity's start to the stamp, so that a new start tells a reset.
 */
export function* encodeTimeSeries(
  batch: MetricBatch,
  settings: StackdriverSettings,
  reject: Reject,
): Generator<TimeSeriesRequest> {
  const writer = new RequestWriter(batch);
  for (const level of LEVELS) {
    const table = batch.tables[level];
    if (table === undefined) continue;
    const models = modelsOf(table, settings);
    const rows = new RowWriter(batch, table, writer, { models, settings });
    const dense = denseMetrics(batch, table, { models, settings, reject });
    const sparseAt = createSparseIndex(table);
    const known = new Map<number, Parts>();
    for (let row = 0; row < table.rows; row++) {
      rows.row(row);
      for (const { parts, column } of dense) {
        const value = column[row]!;
        if (Number.isNaN(value)) continue;
        const problem = rows.point(parts, value);
        if (problem !== undefined) reject({ points: 1, reason: problem });
      }
      for (const at of sparseAt(row)) {
        const key = table.sparse.metric[at]! * batch.ownLabels.length + table.sparse.own[at]!;
        const metric = batch.metrics[table.sparse.metric[at]!]!;
        const own = batch.ownLabels[table.sparse.own[at]!]!;
        const parts = known.get(key) ?? partsOf(table, metric, own, { models, settings });
        known.set(key, parts);
        const problem = hasSeries(parts) ? rows.point(parts, table.sparse.value[at]!) : notExported(metric);
        if (problem !== undefined) reject({ points: 1, reason: problem });
      }
      if (writer.full.length > 0) yield* writer.full.splice(0);
    }
  }
  writer.finish();
  yield* writer.full;
}

interface Way {
  readonly models: readonly ModelName[];
  readonly settings: StackdriverSettings;
}

/** Totals are on `k8s_cluster` once, whatever the models. */
function modelsOf(table: MetricTable, settings: StackdriverSettings): readonly ModelName[] {
  return isTotal(table.level) ? ['new'] : settings.models;
}

function denseMetrics(
  batch: MetricBatch,
  table: MetricTable,
  way: Way & { readonly reject: Reject },
): readonly DenseMetric[] {
  const found: DenseMetric[] = [];
  for (const metric of batch.metrics) {
    const column = table.columns[metric.id];
    if (column === undefined) continue;
    const parts = partsOf(table, metric, Object.entries(metric.own), way);
    if (hasSeries(parts)) {
      found.push({ parts, column });
      continue;
    }
    const points = column.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + 1), 0);
    if (points > 0) way.reject({ points, reason: notExported(metric) });
  }
  return found;
}

function partsOf(table: MetricTable, metric: MetricDescriptor, own: OwnLabels, { models, settings }: Way): Parts {
  return models.map((model) => {
    const rule = seriesOf(metric, table.level, model, settings);
    return rule === undefined ? undefined : createSeriesPart(table, rule, own);
  });
}

function hasSeries(parts: Parts): boolean {
  return parts.some((part) => part !== undefined);
}

function notExported({ name }: MetricDescriptor): string {
  return `${name} has no metric type under this metric_prefix, or one that is too long`;
}
