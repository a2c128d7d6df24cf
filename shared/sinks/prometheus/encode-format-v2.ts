// hot path: bench "sinks"
import { ProtobufWriter, utf8Size, varintSize } from '../protobuf/encode-protobuf.ts';
import type { SeriesFormat } from './encode-format.ts';
import type { LabelName } from './encode-label-slots.ts';
import { sampleSize } from './encode-sample.ts';
import type { SnappyWriter } from './encode-snappy.ts';
import type { SeriesPart } from './encode-table-layout.ts';

const SYMBOLS_FIELD = 0x22;
const TIMESERIES_FIELD = 0x2a;
const LABELS_REFS_FIELD = 0x0a;
const METADATA_FIELD = 0x2a;
const TYPE_FIELD = 0x08;
const HELP_FIELD = 0x18;
const UNIT_FIELD = 0x20;
const COUNTER = 1;
const GAUGE = 2;
/** Most bytes of two symbols. */
const REFS_ROOM = 16;
/** UCUM units as OpenMetrics writes them out. */
const UNITS: Readonly<Record<string, string>> = {
  By: 'bytes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  '%': 'percent',
};

/**
 * Remote write 2.0 (https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/, rc.4, read 2026-11-24).
 *
 * | message | field |
 * |---|---|
 * | Request | 4 symbols: string, the first one empty; 5 timeseries: TimeSeries |
 * | TimeSeries | 1 labels_refs: packed uint32, name and value by turns, sorted by name; 2 samples: Sample; 5 metadata: Metadata |
 * | Sample | 1 value: double; 2 timestamp: int64, Unix ms; 3 start_timestamp: int64, counters only |
 * | Metadata | 1 type: enum; 3 help_ref: uint32; 4 unit_ref: uint32 |
 *
 * Symbols come behind the series that made them; fields may come in any order.
 */
export class FormatV2 implements SeriesFormat {
  readonly #timestamp: number;
  readonly #numbers = new Map<string, number>();
  #symbols: string[] = [];
  #serial = 0;
  #bytes = 0;
  #kept = 0;

  constructor(timestamp: number) {
    this.#timestamp = timestamp;
  }

  get extra(): number {
    return this.#bytes;
  }

  begin(serial: number): void {
    this.#serial = serial;
    this.#symbols = [];
    this.#numbers.clear();
    this.#bytes = 0;
    this.#symbolOf('');
    this.#kept = 1;
  }

  label(out: ProtobufWriter, name: LabelName, value: string): void {
    out.reserve(REFS_ROOM);
    out.varint(this.#nameOf(name));
    out.varint(this.#symbolOf(value));
  }

  prepare(part: SeriesPart): void {
    for (const label of part.own) {
      const out = new ProtobufWriter();
      this.label(out, label.name, label.value);
      label.bytes = out.copy();
    }
    part.metadata = this.#metadataOf(part);
  }

  startOf(part: SeriesPart, start: number): number {
    return part.kind === 'cumulative' && start > 0 && start <= this.#timestamp ? start : 0;
  }

  size(part: SeriesPart, labels: number, start: number): number {
    const own = sampleSize(this.#timestamp, start);
    return 1 + varintSize(labels) + labels + 2 + own + part.metadata.length;
  }

  head(out: SnappyWriter, size: number, labels: number): void {
    const { raw } = out;
    out.open(2 + varintSize(size) + varintSize(labels));
    raw.byte(TIMESERIES_FIELD);
    raw.varint(size);
    raw.byte(LABELS_REFS_FIELD);
    raw.varint(labels);
  }

  keep(): void {
    this.#kept = this.#symbols.length;
  }

  end(out: ProtobufWriter): void {
    for (const symbol of this.#symbols.slice(0, this.#kept)) out.text(SYMBOLS_FIELD, symbol);
  }

  #symbolOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#symbols.length;
    this.#numbers.set(text, number);
    this.#symbols.push(text);
    const size = utf8Size(text);
    this.#bytes += 1 + varintSize(size) + size;
    return number;
  }

  #nameOf(name: LabelName): number {
    if (name.serial !== this.#serial) {
      name.symbol = this.#symbolOf(name.text);
      name.serial = this.#serial;
    }
    return name.symbol;
  }

  #metadataOf(part: SeriesPart): Buffer {
    const out = new ProtobufWriter();
    const help = this.#symbolOf(part.help);
    const unit = this.#symbolOf(UNITS[part.unit] ?? '');
    out.byte(METADATA_FIELD);
    out.varint(4 + varintSize(help) + varintSize(unit));
    out.byte(TYPE_FIELD);
    out.byte(part.kind === 'cumulative' ? COUNTER : GAUGE);
    out.byte(HELP_FIELD);
    out.varint(help);
    out.byte(UNIT_FIELD);
    out.varint(unit);
    return out.copy();
  }
}
