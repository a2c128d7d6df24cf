import type { EncodedRequest } from '../sink.ts';

/** A CreateTimeSeries request without the project's name, which is put behind it when it is sent. */
export interface TimeSeriesRequest extends EncodedRequest {
  /** `time_series` of the message, one behind the other. */
  readonly body: Buffer;
  /** Where each point's series end in the body: with both resource models a point has two. */
  readonly ends: readonly number[];
  split(): readonly [TimeSeriesRequest, TimeSeriesRequest] | undefined;
}

const WORD = 4;

/** A second copy of a point is refused by the service and changes nothing: every request may be repeated. */
export function createTimeSeriesRequest(body: Buffer, ends: readonly number[]): TimeSeriesRequest {
  return {
    body,
    ends,
    points: ends.length,
    bytes: body.length,
    idempotent: true,
    split() {
      if (ends.length < 2) return undefined;
      const middle = ends.length >> 1;
      const cut = ends[middle - 1] ?? 0;
      return [
        createTimeSeriesRequest(body.subarray(0, cut), ends.slice(0, middle)),
        createTimeSeriesRequest(
          body.subarray(cut),
          ends.slice(middle).map((end) => end - cut),
        ),
      ];
    },
  };
}

/** A request as bytes: the number of ends, the ends (each 4 bytes, little-endian), the body. */
export function saveTimeSeries({ body, ends }: TimeSeriesRequest): Uint8Array {
  const head = Buffer.alloc(WORD * (1 + ends.length));
  head.writeUInt32LE(ends.length, 0);
  for (const [index, end] of ends.entries()) head.writeUInt32LE(end, WORD * (1 + index));
  return Buffer.concat([head, body]);
}

/** The inverse of `saveTimeSeries`. Throws `RangeError` on bytes that are not its. */
export function loadTimeSeries(bytes: Uint8Array): TimeSeriesRequest {
  const saved = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = saved.readUInt32LE(0);
  const ends = Array.from({ length: count }, (_, index) => saved.readUInt32LE(WORD * (1 + index)));
  const body = saved.subarray(WORD * (1 + count));
  if ((ends.at(-1) ?? 0) !== body.length)
    throw new RangeError('not a saved request of time series: its length is wrong');
  return createTimeSeriesRequest(body, ends);
}
