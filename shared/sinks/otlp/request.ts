import type { UnixMillis } from '../../core/units.ts';
import type { EncodedRequest } from '../sink.ts';
import { sliceMessage } from './slice-message.ts';

/** One export request. */
export interface OtlpRequest extends EncodedRequest {
  /** The ExportMetricsServiceRequest in protobuf. */
  readonly message: Buffer;
  /** What is sent, before compression: the message, or the same in JSON. */
  readonly body: Buffer;
  /** Of all its points. */
  readonly timestamp: UnixMillis;
  split(): readonly [OtlpRequest, OtlpRequest] | undefined;
}

/**
 * Gauges and cumulative sums with their own time: a copy of a point says nothing new, so requests count as idempotent
 * although the protocol lets a server keep both.
 */
export function createOtlpRequest(message: Buffer, points: number, timestamp: UnixMillis): OtlpRequest {
  return {
    message,
    body: message,
    points,
    timestamp,
    bytes: message.length,
    idempotent: true,
    split() {
      if (points < 2) return undefined;
      const middle = points >> 1;
      return [
        createOtlpRequest(sliceMessage(message, 0, middle), middle, timestamp),
        createOtlpRequest(sliceMessage(message, middle, points), points - middle, timestamp),
      ];
    },
  };
}
