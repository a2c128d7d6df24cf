// hot path: bench "sinks"
import { ProtobufWriter, utf8Size, varintSize } from '../protobuf/encode-protobuf.ts';
import type { SeriesFormat } from './encode-format.ts';
import type { LabelName } from './encode-label-slots.ts';
import { createSampleWriter, SAMPLE_FIELD, sampleSize } from './encode-sample.ts';

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
export function createFormatV1(timestamp: number): SeriesFormat {
  const sample = createSampleWriter(timestamp);
  const bytes = 1 + varintSize(sampleSize(timestamp, 0)) + sampleSize(timestamp, 0);
  return {
    extra: 0,
    begin() {},
    label(out, name, value) {
      writeLabel(out, name, value);
    },
    prepare(part) {
      for (const label of part.own) {
        if (label.serial >= 0) continue;
        const out = new ProtobufWriter();
        writeLabel(out, label.name, label.value);
        label.bytes = out.copy();
      }
    },
    size: (_, labels) => labels + bytes,
    head(out, size) {
      out.byte(LABELS_FIELD);
      out.varint(size);
    },
    tail(out, _, value) {
      out.byte(SAMPLE_FIELD);
      sample(out, value, 0);
    },
    keep() {},
    end() {},
  };
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
