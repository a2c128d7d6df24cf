import type { MetricBatch, MetricTable, OwnLabels, StatisticColumns } from '../../core/batch.ts';
import { countPoints } from '../../core/batch.ts';
import { LEVELS, type Level } from '../../core/level.ts';
import type { MetricDescriptor } from '../../core/metrics.ts';
import type { DialectMetric } from '../../dialects/dialect.ts';
import type { EncodeRejection } from '../sink.ts';
import { createSparseIndex } from '../sparse-by-row.ts';
import { toDimensionName, toDimensionValue, toMetricName } from './ascii.ts';
import {
  type DatumHead,
  type DatumNumbers,
  type DimensionSet,
  type SizedDatum,
  toDatum,
  toDimensionSet,
} from './datum.ts';
import { dimensionName } from './dimensions.ts';
import { NumberMerger } from './encode-numbers.ts';
import { groupRows, type RowGroup } from './encode-row-groups.ts';
import { MAX_DIMENSIONS } from './limits.ts';
import { reasonNotExported, unitOf } from './mapping.ts';
import { createPacker, type MetricDataRequest } from './request.ts';
import type { CloudWatchSettings } from './settings.ts';

/** A metric as it is sent from one table. */
interface Series {
  readonly head: DatumHead;
  readonly scale: number;
  readonly own: readonly (readonly [name: string, value: string])[];
  readonly column: Float64Array | undefined;
  readonly statistics: StatisticColumns | undefined;
}

/**
 * The batch as PutMetricData calls, a series at most once in all of them.
 *
 * | of the batch | of a datum |
 * |---|---|
 * | metric name | MetricName |
 * | labels by the level's rule, then the value's own | Dimensions |
 * | batch.timestamp | Timestamp (all datums alike) |
 * | one value | Value |
 * | a total with count, min, max | StatisticValues (SampleCount = count, Sum = the total) |
 * | several rows with the same dimensions | Values + Counts; StatisticValues beyond 150 different values |
 *
 * Datums with a Sum of their own (the last two) go into requests of their own, because a second copy of them would
 * change what is read; a second copy of a single value leaves average, minimum and maximum as they are.
 */
export function* encodeMetricData(
  batch: MetricBatch,
  settings: CloudWatchSettings,
  reject: (rejection: EncodeRejection) => void,
): Generator<MetricDataRequest> {
  const head = { namespace: settings.namespace, timestamp: batch.timestamp };
  const single = createPacker({ ...head, idempotent: settings.delivery === 'at-least-once' });
  const summed = createPacker({ ...head, idempotent: false });
  for (const level of LEVELS) {
    const table = batch.tables[level];
    if (table === undefined || countPoints(table) === 0) continue;
    for (const datum of encodeTable(batch, table, settings, reject)) {
      const packer = datum.datum.Value === undefined ? summed : single;
      if (packer.isTooLarge(datum)) {
        reject({ points: datum.points, reason: 'a datum larger than a whole request is not sent' });
        continue;
      }
      const full = packer.add(datum);
      if (full !== undefined) yield full;
    }
  }
  for (const packer of [summed, single]) {
    const last = packer.flush();
    if (last !== undefined) yield last;
  }
}

/** The datums of a table: row by row, a row's metrics one after the other. */
export function* encodeTable(
  batch: MetricBatch,
  table: MetricTable,
  settings: CloudWatchSettings,
  reject: (rejection: EncodeRejection) => void,
): Generator<SizedDatum> {
  const dense = batch.metrics.flatMap((metric) => {
    const column = table.columns[metric.id];
    if (column === undefined) return [];
    const word = wordOf(metric, table.level, settings);
    if (word === undefined) {
      const points = column.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + 1), 0);
      if (points > 0) reject({ points, reason: notExported(metric, settings) });
      return [];
    }
    return [toSeries(batch, table, metric, word, settings)];
  });
  const sparse = createSparseReader(batch, table, settings, reject);
  for (const group of groupRows(batch, table, settings)) {
    for (const series of dense) {
      const merger = new NumberMerger(settings.maxValues);
      for (const row of group.rows) merger.add(series.column![row]!, series.scale, series.statistics, row);
      yield* finish(series, group.set, merger, reject);
    }
    yield* sparse(group);
  }
}

/** The metric in the dialect's words; undefined = it is not exported. */
function wordOf(
  metric: MetricDescriptor,
  level: Level,
  { counters, dialect }: CloudWatchSettings,
): DialectMetric | undefined {
  if (metric.kind === 'cumulative' && !counters.has(metric.name)) return undefined;
  return dialect.metric(metric, level);
}

function notExported(metric: MetricDescriptor, { dialect, counters }: CloudWatchSettings): string {
  const isCounter = metric.kind === 'cumulative' && !counters.has(metric.name);
  if (isCounter) return `${metric.name} is not exported: ${reasonNotExported(metric)}`;
  return `${metric.name} has no name in names=${dialect.name}`;
}

function toSeries(
  batch: MetricBatch,
  table: MetricTable,
  metric: MetricDescriptor,
  word: DialectMetric,
  settings: CloudWatchSettings,
  own: OwnLabels = [],
): Series {
  const { unit, scale } = unitOf(word);
  const { dialect } = settings;
  const labels = [...word.labels, ...own.map(([key, value]) => [dialect.ownLabel(key), value] as const)];
  return {
    head: {
      name: toMetricName(word.name),
      unit,
      timestamp: new Date(batch.timestamp),
      storageResolution: settings.storageResolution,
    },
    scale: scale * word.scale,
    own: labels.map(([key, value]) => [toDimensionName(dimensionName(key)), toDimensionValue(value)]),
    column: table.columns[metric.id],
    statistics: settings.totals === 'statistics' ? table.statistics[metric.id] : undefined,
  };
}

/** Reads the sparse values of a group's rows, a datum per metric and set of own labels. */
function createSparseReader(
  batch: MetricBatch,
  table: MetricTable,
  settings: CloudWatchSettings,
  reject: (rejection: EncodeRejection) => void,
): (group: RowGroup) => Generator<SizedDatum> {
  const { sparse } = table;
  const indices = createSparseIndex(table);
  const known = new Map<number, Series>();
  return function* read(group) {
    const mergers = new Map<number, NumberMerger>();
    for (const row of group.rows) {
      for (const at of indices(row)) {
        const metric = batch.metrics[sparse.metric[at]!]!;
        const word = wordOf(metric, table.level, settings);
        if (word === undefined) {
          reject({ points: 1, reason: notExported(metric, settings) });
          continue;
        }
        const id = sparse.metric[at]! * batch.ownLabels.length + sparse.own[at]!;
        if (!known.has(id))
          known.set(id, toSeries(batch, table, metric, word, settings, batch.ownLabels[sparse.own[at]!]));
        const merger = mergers.get(id) ?? new NumberMerger(settings.maxValues);
        mergers.set(id, merger);
        merger.add(sparse.value[at]!, known.get(id)!.scale, undefined, row);
      }
    }
    for (const [id, merger] of mergers) yield* finish(known.get(id)!, group.set, merger, reject);
  };
}

function* finish(
  series: Series,
  set: DimensionSet,
  merger: NumberMerger,
  reject: (rejection: EncodeRejection) => void,
): Generator<SizedDatum> {
  const { numbers, points, refused } = merger.merged();
  if (refused > 0) reject({ points: refused, reason: 'a number outside ±2^360 cannot be sent' });
  if (numbers === undefined) return;
  const sized = withOwn(series, set, numbers, points);
  if ((sized.datum.Dimensions?.length ?? 0) <= MAX_DIMENSIONS) yield sized;
  else reject({ points, reason: `${series.head.name} has more than ${MAX_DIMENSIONS} dimensions` });
}

/** The datum with the value's own labels behind (and over) those of the row. */
function withOwn(series: Series, set: DimensionSet, numbers: DatumNumbers, points: number): SizedDatum {
  if (series.own.length === 0) return toDatum(series.head, set, numbers, points);
  const row = set.dimensions.filter(({ Name }) => series.own.every(([name]) => name !== Name));
  const own = series.own.map(([Name, Value]) => ({ Name, Value }));
  return toDatum(series.head, toDimensionSet([...row, ...own]), numbers, points);
}
