import { readVarint } from '../protobuf/read-varint.ts';
import type { SinkBacklog } from '../sink.ts';
import { OLDEST } from './limits.ts';
import { createRemoteWriteRequest, type RemoteWriteRequest } from './request.ts';

/** Version (u8), points and series (u32), stamp (double), little-endian. */
const HEAD = 17;

/** Prometheus wants the samples of a series in the order of time. */
export const BACKLOG: SinkBacklog<RemoteWriteRequest> = {
  maxAge: OLDEST,
  ordered: true,
  save({ version, points, series, timestamp, body }) {
    const head = Buffer.alloc(HEAD);
    head.writeUInt8(version === '1.0' ? 1 : 2, 0);
    head.writeUInt32LE(points, 1);
    head.writeUInt32LE(series, 5);
    head.writeDoubleLE(timestamp, 9);
    return Buffer.concat([head, body]);
  },
  load(bytes) {
    const saved = Buffer.from(bytes);
    const body = saved.subarray(HEAD);
    return createRemoteWriteRequest({
      version: saved.readUInt8(0) === 1 ? '1.0' : '2.0',
      points: saved.readUInt32LE(1),
      series: saved.readUInt32LE(5),
      timestamp: saved.readDoubleLE(9),
      bytes: readVarint(body, 0).value,
      body,
    });
  },
};
