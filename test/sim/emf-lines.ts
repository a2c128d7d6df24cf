import { UNITS } from './cloudwatch-rules.ts';

/** A metric as CloudWatch Logs makes it of a line. */
export interface EmfMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Unix milliseconds. */
  readonly timestamp: number;
  readonly unit: string;
  readonly resolution: number;
  readonly values: readonly number[];
}

type Members = Readonly<Record<string, unknown>>;

const ASCII = /^[\x20-\x7e]+$/;
/** Lambda's bound on a line of standard output; the format's own is 1 MB. */
const MAX_LINE_BYTES = 256 * 1_024;

function object(value: unknown, what: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is no object`);
  return value as Members;
}

function list(value: unknown, what: string, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw new Error(`${what} is no list of at most ${most}`);
  return value;
}

function text(value: unknown, what: string, most: number): string {
  if (typeof value !== 'string' || value.trim() === '') throw new Error(`${what} is no text`);
  if (value.length > most) throw new Error(`${what} is longer than ${most}`);
  if (!ASCII.test(value)) throw new Error(`${what} is not printable ASCII`);
  return value;
}

function only(members: Members, allowed: readonly string[], what: string): void {
  const odd = Object.keys(members).find((name) => !allowed.includes(name));
  if (odd !== undefined) throw new Error(`${what} has the unknown member ${odd}`);
}

function numbers(target: unknown, what: string): readonly number[] {
  const values = Array.isArray(target) ? list(target, what, 100) : [target];
  if (values.length === 0) throw new Error(`${what} has no values`);
  for (const value of values) {
    if (typeof value !== 'number' || Math.abs(value) > 2 ** 360) throw new Error(`${what} is no number that it takes`);
  }
  return values as readonly number[];
}

/**
 * The metrics of a line of the embedded metric format, by the rules of its specification, and ours: no member that is
 * neither target nor metadata. Throws for a line that is none.
 */
export function acceptEmfLine(line: string): readonly EmfMetric[] {
  if (!line.endsWith('\n') || line.indexOf('\n') !== line.length - 1) throw new Error('not one line');
  if (Buffer.byteLength(line) > MAX_LINE_BYTES) throw new Error('the line is too long');
  const seen = new Set<string>();
  const root = object(JSON.parse(line), 'the line');
  const meta = object(root['_aws'], '_aws');
  only(meta, ['Timestamp', 'CloudWatchMetrics'], '_aws');
  const timestamp = meta['Timestamp'];
  if (!Number.isInteger(timestamp)) throw new Error('Timestamp is no whole number');
  const metrics = list(meta['CloudWatchMetrics'], 'CloudWatchMetrics', 100).flatMap((each) => {
    const directive = object(each, 'a directive');
    only(directive, ['Namespace', 'Dimensions', 'Metrics'], 'a directive');
    const namespace = text(directive['Namespace'], 'Namespace', 1_024);
    const sets = list(directive['Dimensions'], 'Dimensions', 30);
    if (sets.length === 0) throw new Error('Dimensions is empty');
    return sets.flatMap((set) => {
      const names = list(set, 'a dimension set', 30).map((name) => text(name, 'a dimension name', 250));
      if (new Set(names).size < names.length) throw new Error('a dimension is there twice');
      const dimensions = Object.fromEntries(
        names.map((name) => [name, text(root[name], `the dimension ${name}`, 1_024)]),
      );
      for (const name of names) seen.add(name);
      const definitions = list(directive['Metrics'], 'Metrics', 100);
      if (definitions.length === 0) throw new Error('Metrics is empty');
      return definitions.map((one): EmfMetric => {
        const definition = object(one, 'a metric');
        only(definition, ['Name', 'Unit', 'StorageResolution'], 'a metric');
        const name = text(definition['Name'], 'a metric name', 255);
        if (seen.has(name)) throw new Error(`${name} is there twice`);
        seen.add(name);
        const { Unit: unit = 'None', StorageResolution: resolution = 60 } = definition;
        if (typeof unit !== 'string' || !UNITS.has(unit)) throw new Error(`${name} has the unit ${String(unit)}`);
        if (resolution !== 1 && resolution !== 60) throw new Error(`${name} has the resolution ${String(resolution)}`);
        const values = numbers(root[name], name);
        return { namespace, name, dimensions, timestamp: timestamp as number, unit, resolution, values };
      });
    });
  });
  const stray = Object.keys(root).find((name) => name !== '_aws' && !seen.has(name));
  if (stray !== undefined) throw new Error(`the line has the member ${stray}, which nothing refers to`);
  return metrics;
}
