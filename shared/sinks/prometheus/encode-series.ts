// hot path: bench "sinks"
import type { StringTable } from '../../core/string-table.ts';
import type { BufferPool } from '../buffer-pool.ts';
import { ProtobufWriter, varintSize } from '../protobuf/encode-protobuf.ts';
import { slotText } from '../protobuf/encode-row-slots.ts';
import type { SeriesFormat } from './encode-format.ts';
import { FormatV1 } from './encode-format-v1.ts';
import { FormatV2 } from './encode-format-v2.ts';
import { SampleWriter } from './encode-sample.ts';
import { SNAPPY_REACH, SnappyWriter, snappyRoom } from './encode-snappy.ts';
import type { PartLabel, SeriesPart, TableLayout } from './encode-table-layout.ts';
import { createRemoteWriteRequest, type RemoteWriteRequest } from './request.ts';
import type { RemoteWriteSettings } from './settings.ts';

/** Labels up to this size are joined with what stands before and behind them, if they are not copied. */
const SHORT = 24;
/** Requests begin in a buffer of this size, which is all that an encoder holds while it waits. */
const FIRST_BYTES = 64 * 1_024;
/** Most bytes of a series besides its labels. */
const SERIES_ROOM = 128;
const NOT_FINITE = 'a value that is not a finite number is not sent';
const TOO_LARGE = 'a series larger than a whole request is not sent';

/**
 * Writes series into snappy blocks, one request after the other. A row's labels are made once; what a request has
 * already, the row's labels and the metrics' names, is a copy element of a few bytes.
 */
export class SeriesEncoder {
  /** Requests that are full, in order. */
  readonly full: RemoteWriteRequest[] = [];
  readonly #settings: RemoteWriteSettings;
  readonly #timestamp: number;
  readonly #strings: StringTable;
  readonly #format: SeriesFormat;
  readonly #pool: BufferPool | undefined;
  readonly #stale: boolean;
  readonly #sample: SampleWriter;
  readonly #labels = new ProtobufWriter();
  #first = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #out = new SnappyWriter(this.#first);
  #layout: TableLayout | undefined;
  #row = 0;
  /** Since when the row's counters count. */
  #start = Number.NaN;
  /** Request that the row's labels and their places belong to; -1 = none, the row is new. */
  #rowSerial = -1;
  #rowSize = 0;
  /** By segment of the row: where it begins among the labels, and where it stood last in the original. */
  #begins = new Int32Array(1);
  #places = new Int32Array(1);
  #serial = 0;
  #points = 0;
  #series = 0;

  /**
   * With `stale`, every value becomes the marker that ends its series, which is no point. With a pool, large buffers come from
   * there, and go back when their request is released.
   */
  constructor(
    settings: RemoteWriteSettings,
    timestamp: number,
    strings: StringTable,
    options: { readonly stale?: boolean; readonly pool?: BufferPool | undefined } = {},
  ) {
    this.#stale = options.stale ?? false;
    this.#pool = options.pool;
    this.#settings = settings;
    this.#timestamp = timestamp;
    this.#strings = strings;
    this.#format = settings.version === '1.0' ? new FormatV1(timestamp) : new FormatV2(timestamp);
    this.#format.begin(0);
    this.#sample = new SampleWriter(timestamp);
  }

  /** The rows that follow are of this table. */
  open(layout: TableLayout): void {
    this.#layout = layout;
    this.#begins = new Int32Array(layout.cuts.length + 1);
    this.#places = new Int32Array(layout.cuts.length);
    this.#rowSerial = -1;
  }

  row(row: number): void {
    this.#row = row;
    this.#start = this.#layout!.table.start[row]!;
    this.#rowSerial = -1;
  }

  /** Adds a series of the row, of the value `values[at]`; NaN = none. Returns why it is not sent, if so. */
  add(part: SeriesPart, values: Float64Array, at: number): string | undefined {
    const given = values[at]!;
    if (Number.isNaN(given)) return undefined;
    const value = given * part.scale;
    if (!Number.isFinite(value)) return NOT_FINITE;
    const { maxPoints, maxBytes } = this.#settings;
    const format = this.#format;
    const start = format.startOf(part, this.#start);
    let labels = this.#measure(part);
    let size = format.size(part, labels, start);
    if (this.#series > 0 && (this.#series >= maxPoints || this.#bytesWith(size) > maxBytes)) {
      this.#cut();
      labels = this.#measure(part);
      size = format.size(part, labels, start);
    }
    if (this.#bytesWith(size) > maxBytes) {
      if (this.#series === 0) this.#restart();
      return TOO_LARGE;
    }
    const out = this.#reserve(labels);
    format.head(out, size, labels);
    this.#writeLabels(part, out);
    if (this.#stale) this.#sample.stale(out, start);
    else this.#sample.value(out, value, start);
    if (part.metadata.length > 0) {
      out.open(part.metadata.length);
      out.raw.bytes(part.metadata);
    }
    format.keep();
    this.#series++;
    if (!this.#stale) this.#points++;
    return undefined;
  }

  /** Ends the request in the making. */
  finish(): void {
    if (this.#series > 0) this.#cut();
  }

  /** Makes the row's and the part's bytes for this request if they are not there, and measures the labels. */
  #measure(part: SeriesPart): number {
    if (this.#rowSerial !== this.#serial) this.#writeRow();
    if (part.serial !== this.#serial) this.#prepare(part);
    if (part.hasWholeRow) return part.ownSize + this.#rowSize;
    const { pieces } = part;
    let labels = part.ownSize;
    for (let at = 0; at < pieces.length; at++) {
      const piece = pieces[at]!;
      if (piece >= 0) labels += this.#begins[piece + 1]! - this.#begins[piece]!;
    }
    return labels;
  }

  #prepare(part: SeriesPart): void {
    this.#format.prepare(part);
    part.serial = this.#serial;
    part.ownSize = 0;
    for (const label of part.own) {
      label.serial = this.#serial;
      label.position = -1;
      part.ownSize += label.bytes.length;
    }
  }

  #writeRow(): void {
    const { slots, cuts } = this.#layout!;
    const out = this.#labels;
    out.at = 0;
    let segment = 0;
    for (let at = 0; at < slots.length; at++) {
      if (cuts[segment] === at) this.#begins[segment++] = out.at;
      const slot = slots[at]!;
      const text = slotText(slot, this.#strings, this.#row);
      if (text !== '') this.#format.label(out, slot.label, text);
    }
    this.#begins[segment] = out.at;
    this.#rowSize = out.at;
    this.#places.fill(-1);
    this.#rowSerial = this.#serial;
  }

  #writeLabels(part: SeriesPart, out: SnappyWriter): void {
    const { pieces } = part;
    const begins = this.#begins;
    const places = this.#places;
    for (let at = 0; at < pieces.length; at++) {
      const piece = pieces[at]!;
      if (piece < 0) {
        writeOwn(part.own[-piece - 1]!, out);
        continue;
      }
      const from = begins[piece]!;
      const position = places[piece]!;
      let last = piece;
      if (position >= 0 && out.length - position <= SNAPPY_REACH) {
        // Segments that stood together are copied together.
        while (pieces[at + 1] === last + 1 && places[last + 1] === position + begins[last + 1]! - from) {
          last++;
          at++;
        }
        if (begins[last + 1]! > from) out.copy(position, begins[last + 1]! - from);
        continue;
      }
      while (pieces[at + 1] === last + 1) {
        last++;
        at++;
      }
      for (let segment = piece; segment <= last; segment++) places[segment] = out.length + begins[segment]! - from;
      out.literal(this.#labels.buffer, from, begins[last + 1]!);
    }
  }

  /** Room for a series with so many bytes of labels. */
  #reserve(labels: number): SnappyWriter {
    const { raw } = this.#out;
    const needed = raw.at + snappyRoom(labels) + SERIES_ROOM;
    if (needed > raw.buffer.length) {
      const free = this.#pool?.take();
      if (free !== undefined && free.length > raw.buffer.length) raw.moveTo(free);
      raw.reserve(needed - raw.at);
    }
    return this.#out;
  }

  #bytesWith(size: number): number {
    return this.#out.length + this.#format.extra + 1 + varintSize(size) + size;
  }

  #cut(): void {
    const ending = this.#labels;
    ending.at = 0;
    this.#format.end(ending);
    const out = this.#reserve(ending.at);
    out.literal(ending.buffer, 0, ending.at);
    const request = createRemoteWriteRequest({
      version: this.#settings.version,
      timestamp: this.#timestamp,
      points: this.#points,
      series: this.#series,
      bytes: out.length,
      body: out.finish(),
    });
    const { buffer } = out.raw;
    const pool = this.#pool;
    if (buffer !== this.#first && pool !== undefined) this.full.push({ ...request, release: () => pool.give(buffer) });
    else {
      this.full.push(request);
      this.#first = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, buffer.length));
    }
    this.#out = new SnappyWriter(this.#first);
    this.#restart();
  }

  #restart(): void {
    this.#points = 0;
    this.#series = 0;
    this.#serial++;
    this.#format.begin(this.#serial);
  }
}

function writeOwn(label: PartLabel, out: SnappyWriter): void {
  const { bytes } = label;
  const size = bytes.length;
  if (size > 3 && label.position >= 0 && out.length - label.position <= SNAPPY_REACH) {
    out.copy(label.position, size);
    return;
  }
  label.position = out.length;
  if (size > SHORT) out.literal(bytes, 0, size);
  else if (size > 0) {
    out.open(size);
    out.raw.bytes(bytes);
  }
}
