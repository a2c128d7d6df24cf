// hot path: bench "sinks"
import { type ProtobufWriter, varintSize } from '../protobuf/encode-protobuf.ts';

/** Tag of a Sample in a TimeSeries of either version. */
export const SAMPLE_FIELD = 0x12;
const VALUE = 0x09;
const TIMESTAMP = 0x10;
const START = 0x18;
/** The NaN that ends a series, little-endian (0x7ff0000000000002); other NaNs are values. Kept as bytes: engines may change a NaN's bits. */
const STALE = Buffer.from('020000000000f07f', 'hex');

/** Size of a Sample behind its tag and length. `start` in Unix ms, 0 = none (version 1.0 has none). */
export function sampleSize(timestamp: number, start: number): number {
  return 10 + varintSize(timestamp) + (start > 0 ? 1 + varintSize(start) : 0);
}

/** Writes Samples of one timestamp, their length first. A value of `undefined` is the marker of a series that ended. */
export function createSampleWriter(
  timestamp: number,
): (out: ProtobufWriter, value: number | undefined, start: number) => void {
  return (out, value, start) => {
    out.byte(sampleSize(timestamp, start));
    out.byte(VALUE);
    if (value === undefined) out.bytes(STALE);
    else out.double(value);
    out.byte(TIMESTAMP);
    out.varint(timestamp);
    if (start <= 0) return;
    out.byte(START);
    out.varint(start);
  };
}
