// hot path: bench "sinks"
import { ProtobufWriter, utf8Size, varintSize } from '../protobuf/encode-protobuf.ts';
import type { SeriesFormat } from './encode-format.ts';
import type { LabelName } from './encode-label-slots.ts';
import { createSampleWriter, SAMPLE_FIELD, sampleSize } from './encode-sample.ts';
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
export function createFormatV2(timestamp: number): SeriesFormat {
  const sample = createSampleWriter(timestamp);
  const numbers = new Map<string, number>();
  let symbols: string[] = [];
  let serial = 0;
  let bytes = 0;
  let kept = { symbols: 0, bytes: 0 };
  const symbolOf = (text: string): number => {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    const number = symbols.length;
    numbers.set(text, number);
    symbols.push(text);
    const size = utf8Size(text);
    bytes += 1 + varintSize(size) + size;
    return number;
  };
  const nameOf = (name: LabelName): number => {
    if (name.serial !== serial) {
      name.symbol = symbolOf(name.text);
      name.serial = serial;
    }
    return name.symbol;
  };
  const writeLabel = (out: ProtobufWriter, name: LabelName, value: string): void => {
    out.reserve(REFS_ROOM);
    out.varint(nameOf(name));
    out.varint(symbolOf(value));
  };
  const metadataOf = (part: SeriesPart): Buffer => {
    const out = new ProtobufWriter();
    const help = symbolOf(part.help);
    const unit = symbolOf(UNITS[part.unit] ?? '');
    out.byte(METADATA_FIELD);
    out.varint(4 + varintSize(help) + varintSize(unit));
    out.byte(TYPE_FIELD);
    out.byte(part.kind === 'cumulative' ? COUNTER : GAUGE);
    out.byte(HELP_FIELD);
    out.varint(help);
    out.byte(UNIT_FIELD);
    out.varint(unit);
    return out.copy();
  };
  const startOf = (part: SeriesPart, start: number): number =>
    part.kind === 'cumulative' && start > 0 && start <= timestamp ? start : 0;
  return {
    get extra() {
      return bytes;
    },
    begin(next) {
      serial = next;
      symbols = [];
      numbers.clear();
      bytes = 0;
      symbolOf('');
      kept = { symbols: 1, bytes };
    },
    label: writeLabel,
    prepare(part) {
      for (const label of part.own) {
        const out = new ProtobufWriter();
        writeLabel(out, label.name, label.value);
        label.bytes = out.copy();
      }
      part.metadata = metadataOf(part);
    },
    size(part, labels, start) {
      const own = sampleSize(timestamp, startOf(part, start));
      return 1 + varintSize(labels) + labels + 2 + own + part.metadata.length;
    },
    head(out, size, labels) {
      out.byte(TIMESERIES_FIELD);
      out.varint(size);
      out.byte(LABELS_REFS_FIELD);
      out.varint(labels);
    },
    tail(out, part, value, start) {
      out.byte(SAMPLE_FIELD);
      sample(out, value, startOf(part, start));
      out.bytes(part.metadata);
    },
    keep() {
      kept = { symbols: symbols.length, bytes };
    },
    end(out) {
      for (const symbol of symbols.slice(0, kept.symbols)) out.text(SYMBOLS_FIELD, symbol);
    },
  };
}
