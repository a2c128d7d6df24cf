import type { ProtobufWriter } from '../protobuf/encode-protobuf.ts';
import type { LabelName } from './encode-label-slots.ts';
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
  /** Size of a series behind its tag and length, for labels of that size. */
  size(part: SeriesPart, labels: number, start: number): number;
  /** Writes what stands before the labels, tag and length included. */
  head(out: ProtobufWriter, size: number, labels: number): void;
  /** Writes what stands behind the labels. A value of `undefined` is the marker of a series that ended. */
  tail(out: ProtobufWriter, part: SeriesPart, value: number | undefined, start: number): void;
  /** Keeps what was added for the last series. */
  keep(): void;
  /** Forgets what was added since `keep`, and writes the request's end. */
  end(out: ProtobufWriter): void;
}
