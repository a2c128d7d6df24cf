/** One series of a document that has passed all rules. */
export interface AcceptedSeries {
  readonly namespace: string;
  readonly metric: string;
  /** Unix milliseconds. */
  readonly time: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly count: number;
}

/** Why Azure Monitor refuses a body: its sentence. */
export class Refusal extends Error {}

const MINUTE = 60_000;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

function fields(value: unknown, names: readonly string[], what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal(`${what} is no object`);
  const odd = Object.keys(value).find((name) => !names.includes(name));
  if (odd !== undefined) throw new Refusal(`${what} has the unknown field '${odd}'`);
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw new Refusal(`${what} has no '${missing}'`);
  return value as Readonly<Record<string, unknown>>;
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.trim() === '') throw new Refusal(`${what} must not be blank`);
  if (value.length > 256) throw new Refusal(`${what} is longer than 256 characters`);
  return value;
}

function texts(value: unknown, what: string): readonly string[] {
  if (!Array.isArray(value)) throw new Refusal(`${what} must be a list`);
  return value.map((each) => text(each, what));
}

function number(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Refusal(`'${what}' must be a number`);
  return value;
}

function timeOf(value: unknown, now: number): number {
  if (typeof value !== 'string' || !TIME.test(value)) throw new Refusal("'time' must be in ISO 8601 format, UTC");
  const time = Date.parse(value);
  if (now - time > 20 * MINUTE || time - now > 4 * MINUTE) {
    throw new Refusal("'time' should not be older than 20 minutes and not more than 4 minutes in the future");
  }
  return time;
}

function acceptDocument(document: unknown, now: number): readonly AcceptedSeries[] {
  const { time, data } = fields(document, ['time', 'data'], 'the document');
  const { baseData } = fields(data, ['baseData'], 'data');
  const base = fields(baseData, ['metric', 'namespace', 'dimNames', 'series'], 'baseData');
  const at = timeOf(time, now);
  const metric = text(base['metric'], 'metric');
  const namespace = text(base['namespace'], 'namespace');
  const names = texts(base['dimNames'], 'dimNames');
  if (names.length > 10) throw new Refusal(`${metric} has more than 10 dimensions`);
  if (new Set(names).size < names.length) throw new Refusal(`${metric} has a dimension twice`);
  if (!Array.isArray(base['series']) || base['series'].length === 0) throw new Refusal('series must not be empty');
  return base['series'].map((each: unknown): AcceptedSeries => {
    const series = fields(each, ['dimValues', 'min', 'max', 'sum', 'count'], 'series');
    const values = texts(series['dimValues'], 'dimValues');
    if (values.length !== names.length) throw new Refusal('the number of dimension names and values differs');
    const [min, max, sum, count] = ['min', 'max', 'sum', 'count'].map((name) => number(series[name], name)) as [
      number,
      number,
      number,
      number,
    ];
    if (min > max) throw new Refusal("'min' is above 'max'");
    if (!Number.isInteger(count) || count < 1) throw new Refusal("'count' must be a whole number above 0");
    const dimensions = Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
    return { namespace, metric, time: at, dimensions, min, max, sum, count };
  });
}

/** A series and a time, as one text. */
export function seriesAndTime({ namespace, metric, dimensions, time }: AcceptedSeries): string {
  return JSON.stringify([namespace, metric, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1)), time]);
}

/** All series of a body of newline-delimited JSON, or the refusal of the whole: one bad series is enough. */
export function acceptBody(body: string, now: number): readonly AcceptedSeries[] {
  const lines = body.split('\n');
  if (lines.pop() !== '') throw new Refusal('the last line has no end');
  if (lines.length === 0) throw new Refusal('the body is empty');
  const series = lines.flatMap((line) => {
    let document: unknown;
    try {
      document = JSON.parse(line);
    } catch {
      throw new Refusal('a line is no JSON');
    }
    return acceptDocument(document, now);
  });
  const seen = new Set<string>();
  for (const key of series.map(seriesAndTime)) {
    // The service would add them up in silence; for us it is a fault.
    if (seen.has(key)) throw new Refusal(`the same series and time twice: ${key}`);
    seen.add(key);
  }
  return series;
}
