// hot path: bench "sinks"
import type { StringTable } from '../../core/string-table.ts';
import { ProtobufWriter, varintSize } from '../protobuf/encode-protobuf.ts';
import { slotText } from '../protobuf/encode-row-slots.ts';
import type { SeriesFormat } from './encode-format.ts';
import { createFormatV1 } from './encode-format-v1.ts';
import { createFormatV2 } from './encode-format-v2.ts';
import { SNAPPY_REACH, SnappyWriter } from './encode-snappy.ts';
import type { PartLabel, SeriesPart, TableLayout } from './encode-table-layout.ts';
import { createRemoteWriteRequest, type RemoteWriteRequest } from './request.ts';
import type { RemoteWriteSettings } from './settings.ts';

/** Labels up to this size are copied byte by byte. */
const SHORT = 24;
/** Most bytes of a head, and of a tail without metadata. */
const HEAD_ROOM = 64;

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
  readonly #out = new SnappyWriter();
  readonly #head = new ProtobufWriter();
  readonly #labels = new ProtobufWriter();
  #layout: TableLayout | undefined;
  #row = 0;
  /** Request that the row's labels and their places belong to; -1 = none, the row is new. */
  #rowSerial = -1;
  /** By segment of the row: where it begins among the labels, and where it stood last in the original. */
  #begins = new Int32Array(1);
  #places = new Int32Array(1);
  readonly #stale: boolean;
  #serial = 0;
  #points = 0;
  #series = 0;

  /** With `stale`, every value becomes the marker that ends its series, which is no point. */
  constructor(
    settings: RemoteWriteSettings,
    timestamp: number,
    strings: StringTable,
    options: { readonly stale: boolean } = { stale: false },
  ) {
    this.#stale = options.stale;
    this.#settings = settings;
    this.#timestamp = timestamp;
    this.#strings = strings;
    this.#format = settings.version === '1.0' ? createFormatV1(timestamp) : createFormatV2(timestamp);
    this.#format.begin(0);
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
    this.#rowSerial = -1;
  }

  /** Adds a series of the row. False if it is too large for any request. */
  add(part: SeriesPart, value: number): boolean {
    const { maxPoints, maxBytes } = this.#settings;
    const start = this.#layout!.table.start[this.#row]!;
    let labels = this.#measure(part);
    let size = this.#format.size(part, labels, start);
    if (this.#series > 0 && (this.#series >= maxPoints || this.#bytesWith(size) > maxBytes)) {
      this.#cut();
      labels = this.#measure(part);
      size = this.#format.size(part, labels, start);
    }
    if (this.#bytesWith(size) > maxBytes) {
      if (this.#series === 0) this.#restart();
      return false;
    }
    const head = this.#head;
    head.at = 0;
    this.#format.head(head, size, labels);
    this.#out.short(head.buffer, head.at);
    this.#writeLabels(part);
    head.at = 0;
    this.#format.tail(head, part, this.#stale ? undefined : value, start);
    this.#out.short(head.buffer, head.at);
    this.#format.keep();
    this.#series++;
    if (!this.#stale) this.#points++;
    return true;
  }

  /** Ends the request in the making. */
  finish(): void {
    if (this.#series > 0) this.#cut();
  }

  /** Makes the row's and the part's bytes for this request if they are not there, and measures the labels. */
  #measure(part: SeriesPart): number {
    if (this.#rowSerial !== this.#serial) this.#writeRow();
    if (part.serial !== this.#serial) {
      this.#format.prepare(part);
      part.serial = this.#serial;
      for (const label of part.own) {
        label.serial = this.#serial;
        label.position = -1;
      }
    }
    let labels = 0;
    for (const piece of part.pieces) {
      labels += piece < 0 ? part.own[-piece - 1]!.bytes.length : this.#begins[piece + 1]! - this.#begins[piece]!;
    }
    return labels;
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
    this.#places.fill(-1);
    this.#rowSerial = this.#serial;
  }

  #writeLabels(part: SeriesPart): void {
    const out = this.#out;
    const { pieces } = part;
    const begins = this.#begins;
    const places = this.#places;
    for (let at = 0; at < pieces.length; at++) {
      const piece = pieces[at]!;
      if (piece < 0) {
        this.#writeOwn(part.own[-piece - 1]!);
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

  #writeOwn(label: PartLabel): void {
    const out = this.#out;
    const size = label.bytes.length;
    if (size > 3 && label.position >= 0 && out.length - label.position <= SNAPPY_REACH) {
      out.copy(label.position, size);
      return;
    }
    label.position = out.length;
    if (size <= SHORT) out.short(label.bytes, size);
    else out.literal(label.bytes, 0, size);
  }

  #bytesWith(size: number): number {
    return this.#out.length + this.#format.extra + 1 + varintSize(size) + size;
  }

  #cut(): void {
    const head = this.#head;
    head.at = 0;
    this.#format.end(head);
    this.#out.literal(head.buffer, 0, head.at);
    const bytes = this.#out.length;
    this.full.push(
      createRemoteWriteRequest({
        version: this.#settings.version,
        timestamp: this.#timestamp,
        points: this.#points,
        series: this.#series,
        bytes,
        body: this.#out.finish(),
      }),
    );
    this.#restart();
  }

  #restart(): void {
    this.#points = 0;
    this.#series = 0;
    this.#serial++;
    this.#format.begin(this.#serial);
    this.#head.at = 0;
    this.#head.reserve(HEAD_ROOM);
  }
}
