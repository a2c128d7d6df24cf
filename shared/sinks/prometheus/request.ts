import { compress, uncompress } from 'snappyjs';
import type { UnixMillis } from '../../core/units.ts';
import { readVarint } from '../protobuf/read-varint.ts';
import type { EncodedRequest } from '../sink.ts';
import type { RemoteWriteVersion } from './settings.ts';

/** One POST of remote write. */
export interface RemoteWriteRequest extends EncodedRequest {
  readonly version: RemoteWriteVersion;
  /** Of all its samples. */
  readonly timestamp: UnixMillis;
  /** Series in it: a point each, or the markers of series that ended, which are no points. */
  readonly series: number;
  /** The message as a snappy block. */
  readonly body: Buffer;
  split(): readonly [RemoteWriteRequest, RemoteWriteRequest] | undefined;
}

type Parts = Pick<RemoteWriteRequest, 'version' | 'timestamp' | 'points' | 'series' | 'bytes' | 'body'>;

/** Tag of a TimeSeries in a request. */
const TIMESERIES = { '1.0': 0x0a, '2.0': 0x2a } as const;

/** A second copy of a sample is no other sample: Prometheus takes it without effect, so requests count as idempotent. */
export function createRemoteWriteRequest(parts: Parts): RemoteWriteRequest {
  return { ...parts, idempotent: true, split: () => split(parts) };
}

function split(parts: Parts): readonly [RemoteWriteRequest, RemoteWriteRequest] | undefined {
  if (parts.series < 2) return undefined;
  const message = Buffer.from(uncompress(parts.body));
  const series: Buffer[] = [];
  const others: Buffer[] = [];
  for (let at = 0; at < message.length; ) {
    const length = readVarint(message, at + 1);
    const end = length.next + length.value;
    (message[at] === TIMESERIES[parts.version] ? series : others).push(message.subarray(at, end));
    at = end;
  }
  const middle = series.length >> 1;
  const half = (from: number, to: number): RemoteWriteRequest => {
    const body = Buffer.concat([...series.slice(from, to), ...others]);
    return createRemoteWriteRequest({
      ...parts,
      points: Math.max(0, Math.min(parts.points, to) - from),
      series: to - from,
      bytes: body.length,
      body: Buffer.from(compress(body)),
    });
  };
  return [half(0, middle), half(middle, series.length)];
}
