// hot path: bench "sinks"
import type { Dimension, MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { MetricBatch } from '../../core/batch.ts';
import { LEVELS } from '../../core/level.ts';
import type { EncodeRejection } from '../sink.ts';
import type { SizedDatum } from './datum.ts';
import type { EmfLine } from './emf-request.ts';
import { encodeTable } from './encode.ts';
import { EMF_MAX_LINE_BYTES, EMF_MAX_METRICS, EMF_MAX_NAME_LENGTH, EMF_MAX_VALUES } from './limits.ts';
import type { CloudWatchSettings } from './settings.ts';

type Reject = (rejection: EncodeRejection) => void;

/** Documents that are open at once: those of a row, and of the labels that its values have of their own. */
const MOST_OPEN = 256;
/** The member that makes a line a document. */
const META = '_aws';
const SAME_NAME = 'has the name of a dimension, which mode=emf cannot tell apart';

/** A line in the making: metrics of one set of dimensions. */
interface Document {
  /** `"ClusterName":"prod",…`, a comma behind each. */
  readonly targets: string;
  /** `["ClusterName",…]`. */
  readonly names: string;
  /** Names that no metric can have. */
  readonly taken: ReadonlySet<string>;
  /** Why no metric of these dimensions can be said. */
  readonly problem: string | undefined;
  readonly metrics: Set<string>;
  definitions: string;
  values: string;
  points: number;
}

/**
 * The batch as lines of the embedded metric format.
 *
 * | of the batch | of a line |
 * |---|---|
 * | batch.timestamp | `_aws.Timestamp`, milliseconds |
 * | labels by the level's rule, then the value's own | `Dimensions`, and a member each |
 * | metrics of one row: name, unit | `Metrics`, at most 100 |
 * | a value; a total, as one value | a member: a number |
 * | several rows with the same dimensions | a member: a list of at most 100 numbers, more in further lines |
 */
export function* encodeEmf(batch: MetricBatch, settings: CloudWatchSettings, reject: Reject): Generator<EmfLine> {
  const encoder = new EmfEncoder(batch.timestamp, settings, reject);
  for (const level of LEVELS) {
    const table = batch.tables[level];
    if (table === undefined || table.rows === 0) continue;
    for (const datum of encodeTable(batch, table, settings, reject)) {
      encoder.add(datum);
      if (encoder.full.length > 0) yield* encoder.full.splice(0);
    }
    encoder.flush();
    yield* encoder.full.splice(0);
  }
}

class EmfEncoder {
  /** Lines that are done; the owner takes them out. */
  readonly full: EmfLine[] = [];
  readonly #timestamp: number;
  readonly #settings: CloudWatchSettings;
  readonly #reject: Reject;
  readonly #open = new Map<string, Document>();
  #lastDimensions: readonly Dimension[] | undefined;
  #lastKey = '';

  constructor(timestamp: number, settings: CloudWatchSettings, reject: Reject) {
    this.#timestamp = timestamp;
    this.#settings = settings;
    this.#reject = reject;
  }

  /** Adds a datum; lines that it fills go to `full`. */
  add({ datum }: SizedDatum): void {
    const name = datum.MetricName ?? '';
    const numbers = numbersOf(datum);
    for (let from = 0; from < numbers.length; from += EMF_MAX_VALUES) {
      const some = numbers.slice(from, from + EMF_MAX_VALUES);
      const document = this.#documentFor(datum, name, `#${from / EMF_MAX_VALUES}`);
      const problem = document.taken.has(name) ? `${name} ${SAME_NAME}` : document.problem;
      if (problem !== undefined) {
        this.#reject({ points: some.length, reason: problem });
        continue;
      }
      const comma = document.metrics.size === 0 ? '' : ',';
      document.metrics.add(name);
      document.definitions += `${comma}${this.#definition(datum, name)}`;
      document.values += `${comma}${JSON.stringify(name)}:${some.length === 1 ? some[0] : `[${some.join(',')}]`}`;
      document.points += some.length;
    }
  }

  /** Ends all lines in the making. */
  flush(): void {
    for (const document of this.#open.values()) this.#end(document);
    this.#open.clear();
  }

  /** The open document of the datum's dimensions that has room for the metric. */
  #documentFor(datum: MetricDatum, name: string, part: string): Document {
    const dimensions = datum.Dimensions ?? [];
    if (dimensions !== this.#lastDimensions) {
      this.#lastDimensions = dimensions;
      this.#lastKey = JSON.stringify(dimensions.map(({ Name, Value }) => [Name, Value]));
    }
    const key = `${this.#lastKey}${part}`;
    const known = this.#open.get(key);
    if (known !== undefined) {
      const bytes = known.targets.length + known.names.length + known.definitions.length + known.values.length;
      const room = EMF_MAX_LINE_BYTES - bytes - roomOf(datum, name) - this.#settings.namespace.length;
      if (known.metrics.size < EMF_MAX_METRICS && !known.metrics.has(name) && room > 0) return known;
      this.#open.delete(key);
      this.#end(known);
    }
    if (this.#open.size >= MOST_OPEN) this.flush();
    const document = openDocument(dimensions);
    this.#open.set(key, document);
    return document;
  }

  #definition({ Unit }: MetricDatum, name: string): string {
    const unit = Unit === 'None' || Unit === undefined ? '' : `,"Unit":"${Unit}"`;
    const resolution = this.#settings.storageResolution === 1 ? ',"StorageResolution":1' : '';
    return `{"Name":${JSON.stringify(name)}${unit}${resolution}}`;
  }

  #end({ targets, names, definitions, values, points }: Document): void {
    if (points === 0) return;
    const namespace = JSON.stringify(this.#settings.namespace);
    const directive = `{"Namespace":${namespace},"Dimensions":[${names}],"Metrics":[${definitions}]}`;
    const meta = `{"Timestamp":${this.#timestamp},"CloudWatchMetrics":[${directive}]}`;
    this.full.push({ text: `{"${META}":${meta},${targets}${values}}\n`, points });
  }
}

/** Bytes that a metric of up to 100 numbers adds at most, and those of a line without anything in it. */
function roomOf(datum: MetricDatum, name: string): number {
  const numbers = datum.Values === undefined ? 1 : EMF_MAX_VALUES;
  return 4 * name.length + 26 * numbers + 300;
}

function openDocument(dimensions: readonly Dimension[]): Document {
  const names = dimensions.map(({ Name }) => Name ?? '');
  const targets = dimensions.map(({ Name, Value }) => `${JSON.stringify(Name)}:${JSON.stringify(Value)},`).join('');
  return {
    targets,
    names: JSON.stringify(names),
    taken: new Set([...names, META]),
    problem: problemOf(names),
    metrics: new Set(),
    definitions: '',
    values: '',
    points: 0,
  };
}

/** Why the format cannot say a set of dimensions. */
function problemOf(names: readonly string[]): string | undefined {
  if (names.includes(META)) return `a dimension has the name ${META}, which the embedded metric format has for itself`;
  const isLong = names.some((name) => name.length > EMF_MAX_NAME_LENGTH);
  return isLong
    ? `a dimension has a name of more than ${EMF_MAX_NAME_LENGTH} characters, which mode=emf cannot say`
    : undefined;
}

/** All numbers of a datum, each as often as it occurred. */
function numbersOf({ Value, Values, Counts, StatisticValues }: MetricDatum): readonly number[] {
  if (StatisticValues !== undefined) throw new RangeError('the embedded metric format has no statistic sets');
  if (Values === undefined) return [Value ?? Number.NaN];
  return Values.flatMap((value, index) => Array.from({ length: Counts?.[index] ?? 1 }, () => value));
}
