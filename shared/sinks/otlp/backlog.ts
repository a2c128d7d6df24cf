import type { SinkBacklog } from '../sink.ts';
import type { Preset } from './presets.ts';
import { createOtlpRequest, type OtlpRequest } from './request.ts';

/** Points (u32) and stamp (double), little-endian; the protobuf message follows. */
const HEAD = 12;

/** Requests are saved as protobuf; `toBody` makes of a request what is sent. */
export function createOtlpBacklog(
  { maxAge, ordered }: Pick<Preset, 'maxAge' | 'ordered'>,
  toBody: (request: OtlpRequest) => OtlpRequest,
): SinkBacklog<OtlpRequest> {
  return {
    maxAge,
    ordered,
    save({ points, timestamp, message }) {
      const head = Buffer.alloc(HEAD);
      head.writeUInt32LE(points, 0);
      head.writeDoubleLE(timestamp, 4);
      return Buffer.concat([head, message]);
    },
    load(bytes) {
      const saved = Buffer.from(bytes);
      return toBody(createOtlpRequest(saved.subarray(HEAD), saved.readUInt32LE(0), saved.readDoubleLE(4)));
    },
  };
}
