/** One datum as it came over the wire. */
export interface WireDatum {
  readonly MetricName?: unknown;
  readonly Dimensions?: unknown;
  readonly Timestamp?: unknown;
  readonly Unit?: unknown;
  readonly StorageResolution?: unknown;
  readonly Value?: unknown;
  readonly Values?: unknown;
  readonly Counts?: unknown;
  readonly StatisticValues?: unknown;
}

/** Why PutMetricData refuses a request; the error's name and sentence. */
export class Refusal extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** A datum that has passed all rules. */
export interface AcceptedDatum {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Unix milliseconds. */
  readonly timestamp: number;
  readonly unit: string;
  readonly resolution: number;
  readonly value: number | undefined;
  readonly values: readonly number[] | undefined;
  readonly counts: readonly number[] | undefined;
  readonly statistics:
    | { readonly count: number; readonly sum: number; readonly min: number; readonly max: number }
    | undefined;
}

const SCALES = ['', 'Kilo', 'Mega', 'Giga', 'Tera'];
const AMOUNTS = ['Bytes', 'Bits'].flatMap((noun) =>
  SCALES.map((scale) => (scale === '' ? noun : `${scale}${noun.toLowerCase()}`)),
);
/** CloudWatch's units. */
export const UNITS: ReadonlySet<string> = new Set([
  ...['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'Count', 'Count/Second', 'None'],
  ...AMOUNTS,
  ...AMOUNTS.map((unit) => `${unit}/Second`),
]);

const LARGEST = 2 ** 360;
const PRINTABLE = /^[\x20-\x7e]+$/;
const TWO_WEEKS = 14 * 24 * 3_600_000;
const TWO_HOURS = 2 * 3_600_000;

function invalid(message: string): Refusal {
  return new Refusal('InvalidParameterValue', message);
}

function text(value: unknown, what: string, longest: number): string {
  if (typeof value !== 'string' || value.length === 0)
    throw new Refusal('MissingRequiredParameter', `${what} is missing`);
  if (!PRINTABLE.test(value)) throw invalid(`${what} has characters that are not printable ASCII`);
  if (value.trim() === '') throw invalid(`${what} is blank`);
  if (value.length > longest) throw invalid(`${what} is longer than ${longest}`);
  return value;
}

function number(value: unknown, what: string): number {
  if (typeof value !== 'number') throw invalid(`${what} must be a number, got ${JSON.stringify(value)}`);
  const size = Math.abs(value);
  if (size > LARGEST || (size !== 0 && size < 1 / LARGEST)) throw invalid(`${what} is out of range`);
  return value;
}

function numbers(value: unknown, what: string): number[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid(`${what} must be a list of numbers`);
  if (value.length > 150) throw invalid(`${what} has more than 150 numbers`);
  return value.map((each) => number(each, what));
}

function dimensions(value: unknown, at: string): Record<string, string> {
  const list = Array.isArray(value) ? (value as readonly { readonly Name?: unknown; readonly Value?: unknown }[]) : [];
  if (list.length > 30) throw invalid(`${at} has more than 30 dimensions`);
  const result: Record<string, string> = {};
  for (const { Name, Value } of list) {
    const name = text(Name, `${at}: dimension name`, 255);
    if (name.startsWith(':')) throw invalid(`${at}: a dimension name begins with a colon`);
    if (Object.hasOwn(result, name)) throw invalid(`${at}: dimension ${name} is given twice`);
    result[name] = text(Value, `${at}: dimension value`, 1024);
  }
  return result;
}

function statistics(value: unknown, at: string): AcceptedDatum['statistics'] {
  if (value === undefined) return undefined;
  const set = value as Readonly<Record<string, unknown>>;
  const [count, sum, min, max] = ['SampleCount', 'Sum', 'Minimum', 'Maximum'].map((name) => {
    if (set[name] === undefined) throw new Refusal('MissingRequiredParameter', `${at}: ${name} is missing`);
    return number(set[name], `${at}: ${name}`);
  }) as [number, number, number, number];
  if (count <= 0) throw invalid(`${at}: SampleCount must be above 0`);
  if (min > max) throw invalid(`${at}: Minimum is above Maximum`);
  return { count, sum, min, max };
}

/** A datum checked as the API reference describes it. Throws `Refusal`. */
export function acceptDatum(datum: WireDatum, namespace: string, index: number, now: number): AcceptedDatum {
  const at = `MetricData.member.${index + 1}`;
  const given = [datum.Value, datum.Values, datum.StatisticValues].filter((form) => form !== undefined);
  if (given.length !== 1)
    throw new Refusal('InvalidParameterCombination', `${at} must have one of Value, Values, StatisticValues`);
  if (datum.Counts !== undefined && datum.Values === undefined) throw invalid(`${at} has Counts without Values`);
  const seconds = number(datum.Timestamp, `${at}: Timestamp`);
  if (now - seconds * 1000 > TWO_WEEKS) throw invalid(`${at}: Timestamp is more than two weeks old`);
  if (seconds * 1000 - now > TWO_HOURS) throw invalid(`${at}: Timestamp is more than two hours ahead`);
  if (typeof datum.Unit !== 'string' || !UNITS.has(datum.Unit)) throw invalid(`${at}: unit ${String(datum.Unit)}`);
  if (datum.StorageResolution !== 1 && datum.StorageResolution !== 60) throw invalid(`${at}: StorageResolution`);
  const values = datum.Values === undefined ? undefined : numbers(datum.Values, `${at}: Values`);
  const counts = datum.Counts === undefined ? undefined : numbers(datum.Counts, `${at}: Counts`);
  if (counts !== undefined && counts.length !== values?.length)
    throw invalid(`${at}: Counts and Values differ in length`);
  if (values !== undefined && new Set(values).size !== values.length) throw invalid(`${at}: Values has a number twice`);
  if (counts?.some((count) => count <= 0) === true) throw invalid(`${at}: a count must be above 0`);
  return {
    namespace,
    name: text(datum.MetricName, `${at}: MetricName`, 255),
    dimensions: dimensions(datum.Dimensions, at),
    timestamp: seconds * 1000,
    unit: datum.Unit,
    resolution: datum.StorageResolution,
    value: datum.Value === undefined ? undefined : number(datum.Value, `${at}: Value`),
    values,
    counts,
    statistics: statistics(datum.StatisticValues, at),
  };
}

/** A series and a time, as one text. */
export function seriesAndTime(datum: AcceptedDatum): string {
  const dimensions = Object.entries(datum.dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([datum.namespace, datum.name, dimensions, datum.timestamp]);
}

/** All datums of a request, or the refusal of the whole: one bad datum is enough. */
export function acceptRequest(body: unknown, now: number): AcceptedDatum[] {
  const { Namespace, MetricData } = body as { readonly Namespace?: unknown; readonly MetricData?: unknown };
  const namespace = text(Namespace, 'Namespace', 255);
  if (namespace.startsWith('AWS/') || namespace.startsWith(':')) throw invalid('The value for Namespace is reserved');
  if (!Array.isArray(MetricData) || MetricData.length === 0)
    throw new Refusal('MissingRequiredParameter', 'MetricData');
  if (MetricData.length > 1000) throw invalid('MetricData has more than 1000 members');
  const datums = MetricData.map((datum: WireDatum, index) => acceptDatum(datum, namespace, index, now));
  const seen = new Set<string>();
  for (const key of datums.map(seriesAndTime)) {
    // CloudWatch would add them up in silence; for us it is a fault.
    if (seen.has(key)) throw invalid(`the same series and time twice: ${key}`);
    seen.add(key);
  }
  return datums;
}
