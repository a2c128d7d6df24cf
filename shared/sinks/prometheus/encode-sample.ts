// hot path: bench "sinks"
import { ProtobufWriter, varintSize } from '../protobuf/encode-protobuf.ts';
import type { SnappyWriter } from './encode-snappy.ts';

/** Tag of a Sample in a TimeSeries of either version. */
const SAMPLE_FIELD = 0x12;
const VALUE = 0x09;
const TIMESTAMP = 0x10;
const START = 0x18;
/** The NaN that ends a series, little-endian (0x7ff0000000000002); other NaNs are values. Kept as bytes: engines may change a NaN's bits. */
const STALE = Buffer.from('020000000000f07f', 'hex');

/** Size of a Sample behind its tag and length. `start` in Unix ms, 0 = none (version 1.0 has none). */
export function sampleSize(timestamp: number, start: number): number {
  return 10 + varintSize(timestamp) + (start > 0 ? 1 + varintSize(start) : 0);
}

/** Writes Samples of one time, tag and length first. */
export class SampleWriter {
  readonly #size: number;
  /** The field of the time. */
  readonly #stamp: Buffer;

  constructor(timestamp: number) {
    this.#size = sampleSize(timestamp, 0);
    const out = new ProtobufWriter();
    out.byte(TIMESTAMP);
    out.varint(timestamp);
    this.#stamp = out.copy();
  }

  value(out: SnappyWriter, value: number, start: number): void {
    this.#head(out, start);
    out.raw.double(value);
    this.#times(out, start);
  }

  /** The marker of a series that ended. */
  stale(out: SnappyWriter, start: number): void {
    this.#head(out, start);
    out.raw.bytes(STALE);
    this.#times(out, start);
  }

  #head(out: SnappyWriter, start: number): void {
    const size = start > 0 ? this.#size + 1 + varintSize(start) : this.#size;
    out.open(size + 2);
    out.raw.byte(SAMPLE_FIELD);
    out.raw.byte(size);
    out.raw.byte(VALUE);
  }

  #times(out: SnappyWriter, start: number): void {
    out.raw.bytes(this.#stamp);
    if (start <= 0) return;
    out.raw.byte(START);
    out.raw.varint(start);
  }
}
