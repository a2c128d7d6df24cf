// hot path: bench "sinks"
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { ProtobufWriter, varintSize } from '../protobuf/encode-protobuf.ts';
import { identityOf, type RowIdentity } from './labels.ts';
import { MAX_BODY_BYTES, MAX_LABEL_VALUE, MAX_LABELS, MAX_SERIES } from './limits.ts';
import { createTimeSeriesRequest, type TimeSeriesRequest } from './request.ts';
import type { SeriesPart } from './series-part.ts';
import type { ModelName, StackdriverSettings } from './settings.ts';
import { TAG, TIME_BYTES, writeLabel, writeTime } from './wire.ts';

/** Most bytes of tags, lengths, times and the value of a TimeSeries. */
const OVERHEAD = 128;
const OUT_OF_INT64 = 2 ** 63;

export const NOT_FINITE = 'a value that is not a finite number is not sent';
export const NOT_INT64 = 'a whole number of more than 64 bits is not sent';
export const NO_START = 'a counter is not sent while nobody knows since when it counts';
export const TOO_LARGE = `a series with more than ${MAX_LABELS} labels or a label of more than ${MAX_LABEL_VALUE} bytes is not sent`;

/** A row's identity as bytes, in one resource model. */
interface RowBytes {
  readonly resource: Buffer;
  /** Labels of the metric that come from the row. */
  readonly metric: Buffer;
  readonly labels: number;
  /** False if a label is too long. */
  readonly fits: boolean;
}

/** Cuts points into requests. A point's series, one per resource model, are never in two requests. */
export class RequestWriter {
  /** Requests that are full, in order. */
  readonly full: TimeSeriesRequest[] = [];
  readonly #out = new ProtobufWriter();
  readonly #start = new ProtobufWriter();
  readonly #stamp: number;
  readonly #resolution: number;
  readonly #end: Buffer;
  #ends: number[] = [];
  #series = 0;
  #pending = 0;
  /** Where the point that is being written begins. */
  #from = 0;

  constructor({ timestamp, resolution }: Pick<MetricBatch, 'timestamp' | 'resolution'>) {
    this.#stamp = timestamp;
    this.#resolution = resolution;
    const end = new ProtobufWriter();
    writeTime(end, TAG.end, timestamp);
    this.#end = end.copy();
  }

  /**
   * Sets since when the row's counters count, and says if that is known. Never after the stamp, and never at a stamp: what
   * counts since a stamp would be refused, because a point may end there. So a start at a stamp is told 1 ms later.
   */
  startAt(start: number): boolean {
    if (Number.isNaN(start)) return false;
    const told = start % this.#resolution === 0 ? start + 1 : start;
    this.#start.at = 0;
    writeTime(this.#start, TAG.start, Math.min(told, this.#stamp - 1));
    return true;
  }

  /** Writes a series of the point. `value` is finite, and whole for a part that is. */
  series(part: SeriesPart, row: RowBytes, value: number, undivided: boolean): void {
    const head = undivided ? part.undivided : part.metric;
    const metric = head.length + row.metric.length;
    const interval = this.#end.length + (part.cumulative ? this.#start.at : 0);
    const number = part.whole ? 1 + int64Size(value) : 9;
    const point = 2 + varintSize(interval) + interval + varintSize(number) + number;
    const { resource } = row;
    const size =
      3 +
      varintSize(metric) +
      metric +
      varintSize(resource.length) +
      resource.length +
      varintSize(point) +
      point +
      part.tail.length;
    const out = this.#out;
    out.reserve(size + OVERHEAD + TIME_BYTES);
    out.byte(TAG.timeSeries);
    out.varint(size);
    out.byte(TAG.metric);
    out.varint(metric);
    out.bytes(head);
    out.bytes(row.metric);
    out.byte(TAG.resource);
    out.varint(resource.length);
    out.bytes(resource);
    out.bytes(part.tail);
    out.byte(TAG.points);
    out.varint(point);
    out.byte(TAG.interval);
    out.varint(interval);
    if (part.cumulative) out.bytes(this.#start.buffer, 0, this.#start.at);
    out.bytes(this.#end);
    out.byte(TAG.pointValue);
    out.varint(number);
    if (part.whole) {
      out.byte(TAG.int64);
      writeInt64(out, value);
    } else {
      out.byte(TAG.double);
      out.double(value);
    }
    this.#pending++;
  }

  /** Ends a point. False if its series alone are too large for a request: they are gone then. */
  point(): boolean {
    const out = this.#out;
    const pending = this.#pending;
    this.#pending = 0;
    if (out.at - this.#from > MAX_BODY_BYTES) {
      out.at = this.#from;
      return false;
    }
    if (this.#series + pending > MAX_SERIES || out.at > MAX_BODY_BYTES) this.#cut();
    this.#series += pending;
    this.#ends.push(out.at);
    this.#from = out.at;
    return true;
  }

  finish(): void {
    if (this.#series > 0) this.#cut();
  }

  /** Makes a request of the points that have ended, and begins another with the one that has not. */
  #cut(): void {
    const out = this.#out;
    const from = this.#from;
    this.full.push(createTimeSeriesRequest(Buffer.from(out.buffer.subarray(0, from)), this.#ends));
    out.buffer.copyWithin(0, from, out.at);
    out.at -= from;
    this.#from = 0;
    this.#ends = [];
    this.#series = 0;
  }
}

/** Writes the points of a table's rows in one or both resource models. */
export class RowWriter {
  readonly #table: MetricTable;
  readonly #writer: RequestWriter;
  readonly #identities: readonly ((row: number) => RowIdentity)[];
  readonly #scratch = new ProtobufWriter();
  #row = 0;
  #bytes: (RowBytes | undefined)[] = [];
  #counts: 'start' | 'created' | undefined;

  constructor(
    batch: MetricBatch,
    table: MetricTable,
    writer: RequestWriter,
    { models, settings }: { readonly models: readonly ModelName[]; readonly settings: StackdriverSettings },
  ) {
    this.#table = table;
    this.#writer = writer;
    this.#identities = models.map((model) => identityOf(batch, table, model, settings));
  }

  row(row: number): void {
    this.#row = row;
    this.#bytes = [];
    this.#counts = undefined;
  }

  /** Writes a point; `parts` by model. Returns why not, if it cannot be sent. */
  point(parts: readonly (SeriesPart | undefined)[], given: number): string | undefined {
    const writer = this.#writer;
    for (let model = 0; model < parts.length; model++) {
      const part = parts[model];
      if (part === undefined) continue;
      const problem = this.#problem(part, given, this.#bytesOf(model));
      if (problem !== undefined) return problem;
    }
    for (let model = 0; model < parts.length; model++) {
      const part = parts[model];
      if (part === undefined) continue;
      if (part.cumulative) this.#startFor(part);
      writer.series(part, this.#bytesOf(model), this.#value(part, given), this.#isUndivided(part));
    }
    return writer.point() ? undefined : TOO_LARGE;
  }

  #problem(part: SeriesPart, given: number, bytes: RowBytes): string | undefined {
    const value = this.#value(part, given);
    if (!Number.isFinite(value)) return NOT_FINITE;
    if (part.whole && (value >= OUT_OF_INT64 || value < -OUT_OF_INT64)) return NOT_INT64;
    if (!bytes.fits || part.labels + bytes.labels > MAX_LABELS) return TOO_LARGE;
    return part.cumulative && !this.#startFor(part) ? NO_START : undefined;
  }

  #isUndivided({ minus }: SeriesPart): boolean {
    return minus === undefined || Number.isNaN(minus[this.#row]!);
  }

  #value(part: SeriesPart, given: number): number {
    const rest = this.#isUndivided(part) ? given : Math.max(0, given - part.minus![this.#row]!);
    const scaled = part.scale === 1 ? rest : rest * part.scale;
    return part.whole ? Math.round(scaled) : scaled;
  }

  /** Since when a part's value counts; an entity without a start counts since it was created. */
  #startFor({ sinceCreated }: SeriesPart): boolean {
    const { start, created } = this.#table;
    const first = sinceCreated ? created : start;
    const counts = Number.isNaN(first[this.#row]!) === sinceCreated ? 'start' : 'created';
    const since = (counts === 'start' ? start : created)[this.#row]!;
    if (Number.isNaN(since)) return false;
    if (this.#counts !== counts) this.#writer.startAt(since);
    this.#counts = counts;
    return true;
  }

  #bytesOf(model: number): RowBytes {
    let bytes = this.#bytes[model];
    if (bytes === undefined) {
      bytes = toBytes(this.#identities[model]!(this.#row), this.#scratch);
      this.#bytes[model] = bytes;
    }
    return bytes;
  }
}

function toBytes({ type, resource, metric }: RowIdentity, scratch: ProtobufWriter): RowBytes {
  const tooLong = ([, value]: readonly [key: string, value: string]): boolean =>
    value.length > MAX_LABEL_VALUE / 3 && Buffer.byteLength(value) > MAX_LABEL_VALUE;
  const fits = !resource.some(tooLong) && !metric.some(tooLong);
  if (!fits) return { resource: Buffer.alloc(0), metric: Buffer.alloc(0), labels: 0, fits };
  scratch.at = 0;
  scratch.text(TAG.resourceType, type);
  for (const [key, value] of resource) writeLabel(scratch, TAG.resourceLabels, key, value);
  const resourceBytes = scratch.copy();
  scratch.at = 0;
  for (const [key, value] of metric) writeLabel(scratch, TAG.metricLabels, key, value);
  return { resource: resourceBytes, metric: scratch.copy(), labels: metric.length, fits };
}

function int64Size(value: number): number {
  return value < 0 ? 10 : varintSize(value);
}

function writeInt64(out: ProtobufWriter, value: number): void {
  if (value >= 0) {
    out.varint(value);
    return;
  }
  let rest = BigInt.asUintN(64, BigInt(value));
  for (let byte = 0; byte < 9; byte++) {
    out.byte(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.byte(Number(rest));
}
