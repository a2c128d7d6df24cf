// hot path: bench "sinks"
import { ProtobufWriter, utf8Size, varintSize } from '../protobuf/encode-protobuf.ts';
import type { SeriesFormat } from './encode-format.ts';
import type { LabelName } from './encode-label-slots.ts';
import { sampleSize } from './encode-sample.ts';
import type { SnappyWriter } from './encode-snappy.ts';
import type { SeriesPart } from './encode-table-layout.ts';

const LABELS_FIELD = 0x0a;
const VALUE_FIELD = 0x12;
/** Most bytes of the tags and lengths of a label. */
const LABEL_OVERHEAD = 18;

/**
 * Remote write 1.0 (https://prometheus.io/docs/specs/prw/remote_write_spec/, read 2026-11-24).
 *
 * | message | field |
 * |---|---|
 * | WriteRequest | 1 timeseries: TimeSeries |
 * | TimeSeries | 1 labels: Label, sorted by name; 2 samples: Sample |
 * | Label | 1 name: string; 2 value: string, not empty |
 * | Sample | 1 value: double; 2 timestamp: int64, Unix ms |
 */
export class FormatV1 implements SeriesFormat {
  readonly extra = 0;
  readonly #sample: number;

  constructor(timestamp: number) {
    this.#sample = sampleSize(timestamp, 0);
  }

  begin(): void {}

  label(out: ProtobufWriter, name: LabelName, value: string): void {
    writeLabel(out, name, value);
  }

  prepare(part: SeriesPart): void {
    for (const label of part.own) {
      if (label.serial >= 0) continue;
      const out = new ProtobufWriter();
      writeLabel(out, label.name, label.value);
      label.bytes = out.copy();
    }
  }

  startOf(): number {
    return 0;
  }

  size(_: SeriesPart, labels: number): number {
    return labels + 2 + this.#sample;
  }

  head(out: SnappyWriter, size: number): void {
    out.open(1 + varintSize(size));
    out.raw.byte(LABELS_FIELD);
    out.raw.varint(size);
  }

  keep(): void {}

  end(): void {}
}

function writeLabel(out: ProtobufWriter, { field }: LabelName, value: string): void {
  const size = utf8Size(value);
  out.reserve(field.length + size + LABEL_OVERHEAD);
  out.byte(LABELS_FIELD);
  out.varint(field.length + 1 + varintSize(size) + size);
  out.bytes(field);
  out.byte(VALUE_FIELD);
  out.varint(size);
  out.utf8(value, size);
}
