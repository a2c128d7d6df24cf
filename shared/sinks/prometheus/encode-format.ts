import type { ProtobufWriter } from '../protobuf/encode-protobuf.ts';
import type { LabelName } from './encode-label-slots.ts';
import type { SnappyWriter } from './encode-snappy.ts';
import type { SeriesPart } from './encode-table-layout.ts';

/** A version of the protocol: how labels and series are written. Serial numbers tell requests apart. */
export interface SeriesFormat {
  /** Bytes that a request has besides its series, as of now. */
  readonly extra: number;
  /** Begins a request. */
  begin(serial: number): void;
  /** Writes a label. */
  label(out: ProtobufWriter, name: LabelName, value: string): void;
  /** Makes the part's own bytes for this request, if they are not. */
  prepare(part: SeriesPart): void;
  /** Since when a series counts, as the version says it; 0 = it does not. `start` in Unix ms, NaN = unknown. */
  startOf(part: SeriesPart, start: number): number;
  /** Size of a series behind its tag and length, for labels of that size. `start` is that of `startOf`. */
  size(part: SeriesPart, labels: number, start: number): number;
  /** Writes what stands before the labels, tag and length included. Room must be there. Behind the labels stand the sample and the part's metadata. */
  head(out: SnappyWriter, size: number, labels: number): void;
  /** Keeps what was added for the last series. */
  keep(): void;
  /** Forgets what was added since `keep`, and writes the request's end. */
  end(out: ProtobufWriter): void;
}
