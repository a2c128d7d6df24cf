// hot path: bench "sinks"
import type { MetricBatch, MetricTable, OwnLabels, StatisticColumns } from '../../core/batch.ts';
import { LEVELS } from '../../core/level.ts';
import type { MetricDescriptor } from '../../core/metrics.ts';
import type { EncodeRejection } from '../sink.ts';
import { groupRows, type RowGroup } from './encode-row-groups.ts';
import { type Statistics, StatisticsMerger } from './encode-statistics.ts';
import { MAX_DIMENSIONS } from './limits.ts';
import { reasonNotExported } from './mapping.ts';
import { type CustomMetricsRequest, createPacker, type SeriesPart } from './request.ts';
import type { AzureMonitorSettings } from './settings.ts';
import { toDimensionValue, toText } from './texts.ts';

type Reject = (rejection: EncodeRejection) => void;

/** A metric as it is sent from one table, with labels of its own. */
interface Series {
  /** `{"time":…,"data":{"baseData":{"metric":…,"namespace":…,"dimNames":`. */
  readonly before: string;
  readonly name: string;
  readonly scale: number;
  readonly ownNames: readonly string[];
  readonly ownValues: readonly string[];
  /** Heads of documents, by the names of the rows' dimensions. */
  readonly heads: Map<readonly string[], string>;
}

/**
 * The batch as requests of newline-delimited JSON, a series at most once in all of them.
 *
 * | of the batch | of a document |
 * |---|---|
 * | batch.timestamp | time |
 * | metric name, in the dialect | data.baseData.metric |
 * | namespace= and the level | data.baseData.namespace |
 * | labels by the level's rule, then the value's own | dimNames, series[].dimValues |
 * | one value | min = max = sum, count 1 |
 * | a total with count, min, max; rows with the same dimensions | min, max, sum, count |
 *
 * Series with a sum of their own go into requests of their own: a second copy would change what is read, while that of a
 * single value leaves average, minimum and maximum as they are.
 */
export function* encodeCustomMetrics(
  batch: MetricBatch,
  settings: AzureMonitorSettings,
  reject: Reject,
): Generator<CustomMetricsRequest> {
  const { timestamp } = batch;
  const single = createPacker({ timestamp, idempotent: settings.delivery === 'at-least-once' });
  const summed = createPacker({ timestamp, idempotent: false });
  for (const level of LEVELS) {
    const table = batch.tables[level];
    if (table === undefined || table.rows === 0) continue;
    for (const { part, count } of new TableEncoder(batch, table, settings, reject).parts()) {
      const full = (count === 1 ? single : summed).add(part);
      if (full !== undefined) yield full;
    }
  }
  for (const packer of [summed, single]) {
    const last = packer.flush();
    if (last !== undefined) yield last;
  }
}

interface CountedPart {
  readonly part: SeriesPart;
  readonly count: number;
}

class TableEncoder {
  readonly #batch: MetricBatch;
  readonly #table: MetricTable;
  readonly #settings: AzureMonitorSettings;
  readonly #reject: Reject;
  readonly #groups: readonly RowGroup[];
  /** `["a","b"` of each group's values, made when it is first needed. */
  readonly #valueTexts: string[] = [];
  /** Metrics with labels of their own, by both: the words, or why they are not sent. */
  readonly #known = new Map<number, Series | string>();

  constructor(batch: MetricBatch, table: MetricTable, settings: AzureMonitorSettings, reject: Reject) {
    this.#batch = batch;
    this.#table = table;
    this.#settings = settings;
    this.#reject = reject;
    this.#groups = groupRows(batch, table, settings);
  }

  *parts(): Generator<CountedPart> {
    const { statistics, columns } = this.#table;
    for (const metric of this.#batch.metrics) {
      const column = columns[metric.id];
      if (column === undefined) continue;
      const series = this.#series(metric, Object.entries(metric.own));
      if (typeof series === 'string') {
        const points = column.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + 1), 0);
        if (points > 0) this.#reject({ points, reason: series });
        continue;
      }
      const behind = this.#settings.totals === 'statistics' ? statistics[metric.id] : undefined;
      yield* this.#dense(series, column, behind);
    }
    yield* this.#sparse();
  }

  *#dense(series: Series, column: Float64Array, behind: StatisticColumns | undefined): Generator<CountedPart> {
    for (let at = 0; at < this.#groups.length; at++) {
      const merger = new StatisticsMerger();
      for (const row of this.#groups[at]!.rows) merger.add(column[row]!, series.scale, behind, row);
      const part = this.#finish(series, at, merger);
      if (part !== undefined) yield part;
    }
  }

  /** Values with labels of their own, metric by metric, so that those of one metric are in one document. */
  *#sparse(): Generator<CountedPart> {
    const { sparse } = this.#table;
    if (sparse.length === 0) return;
    const groupOf = new Int32Array(this.#table.rows);
    for (const [at, { rows }] of this.#groups.entries()) for (const row of rows) groupOf[row] = at;
    const byMetric = new Map<number, Map<string, { series: Series; group: number; merger: StatisticsMerger }>>();
    for (let at = 0; at < sparse.length; at++) {
      const series = this.#sparseSeries(sparse.metric[at]!, sparse.own[at]!);
      if (typeof series === 'string') {
        this.#reject({ points: 1, reason: series });
        continue;
      }
      const group = groupOf[sparse.row[at]!]!;
      const entries = byMetric.get(sparse.metric[at]!) ?? new Map();
      byMetric.set(sparse.metric[at]!, entries);
      const key = `${group} ${series.ownValues.join('\0')}`;
      const entry = entries.get(key) ?? { series, group, merger: new StatisticsMerger() };
      entries.set(key, entry);
      entry.merger.add(sparse.value[at]!, series.scale, undefined, 0);
    }
    for (const entries of byMetric.values()) {
      for (const { series, group, merger } of entries.values()) {
        const part = this.#finish(series, group, merger);
        if (part !== undefined) yield part;
      }
    }
  }

  #sparseSeries(metric: number, own: number): Series | string {
    const key = metric * this.#batch.ownLabels.length + own;
    const series = this.#known.get(key) ?? this.#series(this.#batch.metrics[metric]!, this.#batch.ownLabels[own]!);
    this.#known.set(key, series);
    return series;
  }

  /** The metric in the dialect's words, or why it is not sent. */
  #series(metric: MetricDescriptor, own: OwnLabels): Series | string {
    const { dialect, counters, namespace } = this.#settings;
    const { level } = this.#table;
    if (metric.kind === 'cumulative' && !counters.has(metric.name)) {
      return `${metric.name} is not exported: ${reasonNotExported(metric)}`;
    }
    const word = dialect.metric(metric, level);
    if (word === undefined) return `${metric.name} has no name in names=${dialect.name}`;
    const pairs = new Map<string, string>(word.labels);
    for (const [key, value] of own) if (metric.own[key] === undefined) pairs.set(dialect.ownLabel(key), value);
    const name = toText(word.name);
    const time = new Date(this.#batch.timestamp).toISOString();
    const base = `"metric":${JSON.stringify(name)},"namespace":${JSON.stringify(`${namespace}/${level}`)}`;
    return {
      before: `{"time":"${time}","data":{"baseData":{${base},"dimNames":`,
      name,
      scale: word.scale,
      ownNames: [...pairs.keys()].map(toText),
      ownValues: [...pairs.values()].map(toDimensionValue),
      heads: new Map(),
    };
  }

  #finish(series: Series, at: number, merger: StatisticsMerger): CountedPart | undefined {
    if (merger.refused > 0) {
      this.#reject({ points: merger.refused, reason: 'a value that is not a finite number is not sent' });
    }
    const numbers = merger.merged();
    if (numbers === undefined) return undefined;
    const { names, values } = this.#groups[at]!;
    const { ownNames, ownValues } = series;
    // A value's own label stands in place of the row's of that name.
    const meets = ownNames.length > 0 && ownNames.some((name) => names.includes(name));
    const kept = meets ? names.filter((name) => !ownNames.includes(name)) : names;
    if (kept.length + ownNames.length > MAX_DIMENSIONS) {
      const reason = `${series.name} has more than ${MAX_DIMENSIONS} dimensions; Azure Monitor takes no more`;
      this.#reject({ points: numbers.points, reason });
      return undefined;
    }
    const list = meets ? opened(values.filter((_, index) => !ownNames.includes(names[index]!))) : this.#valuesOf(at);
    const text = `{"dimValues":${closed(list, ownValues)},${numbersOf(numbers)}}`;
    const head = headOf(series, names, kept);
    return {
      part: { head, series: text, bytes: Buffer.byteLength(text), points: numbers.points },
      count: numbers.count,
    };
  }

  /** `["a","b"` of a group's values. */
  #valuesOf(at: number): string {
    const known = this.#valueTexts[at];
    if (known !== undefined) return known;
    const text = opened(this.#groups[at]!.values);
    this.#valueTexts[at] = text;
    return text;
  }
}

/** The head of a document, made once for rows with the same names of dimensions. */
function headOf(series: Series, names: readonly string[], kept: readonly string[]): string {
  const known = series.heads.get(names);
  if (known !== undefined) return known;
  const head = `${series.before}${closed(opened(kept), series.ownNames)},"series":[`;
  series.heads.set(names, head);
  return head;
}

/** A JSON list without its end. */
function opened(texts: readonly string[]): string {
  return JSON.stringify(texts).slice(0, -1);
}

function closed(list: string, more: readonly string[]): string {
  if (more.length === 0) return `${list}]`;
  return `${list}${list === '[' ? '' : ','}${JSON.stringify(more).slice(1)}`;
}

function numbersOf({ min, max, sum, count }: Statistics): string {
  return `"min":${min},"max":${max},"sum":${sum},"count":${count}`;
}
