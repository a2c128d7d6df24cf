// hot path: bench "sinks"
import type { StringTable } from '../../core/string-table.ts';
import { ProtobufWriter, varintSize } from '../protobuf/encode-protobuf.ts';
import { slotText } from '../protobuf/encode-row-slots.ts';
import { encodeKey, writeAttribute } from './encode-attribute.ts';
import type { MetricGroup, PointPart, TableLayout } from './encode-table-layout.ts';
import { createOtlpRequest, type OtlpRequest } from './request.ts';
import type { OtlpSettings } from './settings.ts';
import { CUMULATIVE, TAG } from './wire.ts';

/** `time` and `as_double` or `as_int` with their tags; `start_time` with its tag. */
const NUMBER_BYTES = 18;
const START_BYTES = 9;
/** Behind the points of a Sum: temporality and monotonic. */
const SUM_BYTES = 4;
/** Most bytes of the tags and lengths of a Metric with one point. */
const OVERHEAD = 64;
const INSTANCE = encodeKey('service.instance.id');
const NANOS_PER_MILLI = 1_000_000n;

/**
 * Writes rows into export requests, a ResourceMetrics each. A row's labels, a metric's name and the time are bytes made
 * once and copied; a number is eight bytes.
 */
export class RowEncoder {
  /** Requests that are full, in order. */
  readonly full: OtlpRequest[] = [];
  readonly #settings: OtlpSettings;
  readonly #strings: StringTable;
  readonly #timestamp: number;
  readonly #time: Buffer;
  readonly #scope: Buffer;
  /** The request, the row's resource, the row's attributes of points, and its metrics so far. */
  readonly #out = new ProtobufWriter();
  readonly #resource = new ProtobufWriter();
  readonly #common = new ProtobufWriter();
  readonly #metrics = new ProtobufWriter();
  readonly #commonResource: Buffer;
  readonly #start = Buffer.alloc(START_BYTES);
  #hasStart = false;
  #points = 0;
  #rowPoints = 0;
  #layout: TableLayout | undefined;
  #row = 0;

  constructor(settings: OtlpSettings, timestamp: number, strings: StringTable) {
    this.#settings = settings;
    this.#strings = strings;
    this.#timestamp = timestamp;
    this.#time = nanosField(TAG.time, timestamp);
    const scope = new ProtobufWriter();
    scope.text(TAG.scopeName, 'heapless');
    const head = new ProtobufWriter();
    head.byte(TAG.scope);
    head.varint(scope.at);
    this.#scope = Buffer.concat([head.copy(), scope.copy()]);
    const resource = new ProtobufWriter();
    for (const [name, value] of settings.resource) {
      writeAttribute(resource, TAG.resourceAttributes, encodeKey(name), value);
    }
    this.#commonResource = resource.copy();
  }

  /** Begins a row; `instance` names it among all. */
  row(layout: TableLayout, row: number, instance: string | undefined): void {
    this.#layout = layout;
    this.#row = row;
    const resource = this.#resource;
    resource.at = 0;
    resource.reserve(this.#commonResource.length);
    resource.bytes(this.#commonResource);
    if (instance !== undefined) writeAttribute(resource, TAG.resourceAttributes, INSTANCE, instance);
    this.#common.at = 0;
    if (this.#settings.attributes === 'resource') this.#writeLabels(resource, TAG.resourceAttributes, undefined);
    else this.#writeLabels(this.#common, TAG.pointAttributes, undefined);
    const start = layout.table.start[row]!;
    this.#hasStart = start < this.#timestamp;
    if (this.#hasStart) this.#start.set(nanosField(TAG.startTime, start));
  }

  /** Writes the points that were put into a group for this row. Returns how many are too large for any request. */
  group(group: MetricGroup): number {
    const { maxPoints, maxBytes } = this.#settings;
    let tooLarge = 0;
    for (let from = 0; from < group.count; ) {
      if (this.#points + this.#rowPoints >= maxPoints) this.#cut();
      let to = Math.min(group.count, from + maxPoints - this.#points - this.#rowPoints);
      let size = this.#measure(group, from, to);
      if (this.#bytesWith(size) > maxBytes && this.#points + this.#rowPoints > 0) {
        this.#cut();
        continue;
      }
      while (this.#bytesWith(size) > maxBytes && to > from + 1) {
        to = from + ((to - from) >> 1);
        size = this.#measure(group, from, to);
      }
      if (this.#bytesWith(size) > maxBytes) {
        tooLarge++;
        from++;
        continue;
      }
      this.#write(group, from, to, size);
      this.#rowPoints += to - from;
      from = to;
    }
    group.count = 0;
    return tooLarge;
  }

  /** Ends the row: its metrics become a ResourceMetrics of the request. */
  endRow(): void {
    if (this.#rowPoints === 0) return;
    const out = this.#out;
    const resource = this.#resource;
    const metrics = this.#metrics;
    const scoped = this.#scope.length + metrics.at;
    const size = this.#sizeAround(metrics.at);
    out.reserve(size + OVERHEAD);
    out.byte(TAG.resourceMetrics);
    out.varint(size);
    out.byte(TAG.resource);
    out.varint(resource.at);
    out.bytes(resource.buffer, 0, resource.at);
    out.byte(TAG.scopeMetrics);
    out.varint(scoped);
    out.bytes(this.#scope);
    out.bytes(metrics.buffer, 0, metrics.at);
    metrics.at = 0;
    this.#points += this.#rowPoints;
    this.#rowPoints = 0;
  }

  /** Ends the request in the making. */
  finish(): void {
    if (this.#points + this.#rowPoints > 0) this.#cut();
  }

  #cut(): void {
    this.endRow();
    this.full.push(createOtlpRequest(this.#out.copy(), this.#points, this.#timestamp));
    this.#out.at = 0;
    this.#points = 0;
  }

  /** Size of the row's ResourceMetrics behind its tag and length, with metrics of that size. */
  #sizeAround(metrics: number): number {
    const resource = this.#resource.at;
    const scoped = this.#scope.length + metrics;
    return 2 + varintSize(resource) + resource + varintSize(scoped) + scoped;
  }

  #bytesWith(metric: number): number {
    const size = this.#sizeAround(this.#metrics.at + 1 + varintSize(metric) + metric);
    return this.#out.at + 1 + varintSize(size) + size;
  }

  #pointSize(part: PointPart, hasStart: boolean): number {
    const common = part.hides.size === 0 ? this.#common.at : this.#commonWithout(part).length;
    return part.attributes.length + common + NUMBER_BYTES + (hasStart ? START_BYTES : 0);
  }

  /** Size of a Metric behind its tag and length. */
  #measure(group: MetricGroup, from: number, to: number): number {
    const points = this.#measurePoints(group, from, to);
    return group.head.length + 1 + varintSize(points) + points;
  }

  #measurePoints(group: MetricGroup, from: number, to: number): number {
    const hasStart = group.monotonic && this.#hasStart;
    let points = group.cumulative ? SUM_BYTES : 0;
    for (let at = from; at < to; at++) {
      const size = this.#pointSize(group.parts[at]!, hasStart);
      points += 1 + varintSize(size) + size;
    }
    return points;
  }

  #write(group: MetricGroup, from: number, to: number, size: number): void {
    const { cumulative, monotonic, whole, head, parts, values } = group;
    const hasStart = monotonic && this.#hasStart;
    const points = this.#measurePoints(group, from, to);
    const out = this.#metrics;
    out.reserve(size + OVERHEAD);
    out.byte(TAG.metrics);
    out.varint(size);
    out.bytes(head);
    out.byte(cumulative ? TAG.sum : TAG.gauge);
    out.varint(points);
    for (let at = from; at < to; at++) {
      const part = parts[at]!;
      out.byte(TAG.dataPoints);
      out.varint(this.#pointSize(part, hasStart));
      if (part.hides.size === 0) out.bytes(this.#common.buffer, 0, this.#common.at);
      else out.bytes(this.#commonWithout(part));
      out.bytes(part.attributes);
      if (hasStart) out.bytes(this.#start);
      out.bytes(this.#time);
      if (whole) {
        out.byte(TAG.asInt);
        out.fixed64(values[at]!);
      } else {
        out.byte(TAG.asDouble);
        out.double(values[at]!);
      }
    }
    if (!cumulative) return;
    out.byte(TAG.temporality);
    out.byte(CUMULATIVE);
    out.byte(TAG.monotonic);
    out.byte(monotonic ? 1 : 0);
  }

  #writeLabels(out: ProtobufWriter, tag: number, without: ReadonlySet<string> | undefined): void {
    for (const slot of this.#layout!.slots) {
      if (without?.has(slot.name) === true) continue;
      const text = slotText(slot, this.#strings, this.#row);
      if (text !== '') writeAttribute(out, tag, slot.key, text);
    }
  }

  /** The row's attributes of points without those that a value has itself. */
  #commonWithout(part: PointPart): Buffer {
    const out = new ProtobufWriter();
    this.#writeLabels(out, TAG.pointAttributes, part.hides);
    return out.copy();
  }
}

/** A time as fixed64 nanoseconds, with its tag. */
function nanosField(tag: number, millis: number): Buffer {
  const field = Buffer.alloc(START_BYTES);
  field.writeUInt8(tag, 0);
  field.writeBigUInt64LE(BigInt(Math.round(millis)) * NANOS_PER_MILLI, 1);
  return field;
}
