import type { UnixMillis } from '../../core/units.ts';
import type { EncodedRequest } from '../sink.ts';
import { sliceMessage } from './slice-message.ts';

/** One export request: an ExportMetricsServiceRequest. */
export interface OtlpRequest extends EncodedRequest {
  readonly body: Buffer;
  /** Of all its points. */
  readonly timestamp: UnixMillis;
  split(): readonly [OtlpRequest, OtlpRequest] | undefined;
}

/**
 * Gauges and cumulative sums with their own time: a copy of a point says nothing new, so requests count as idempotent
 * although the protocol lets a server keep both.
 */
export function createOtlpRequest(body: Buffer, points: number, timestamp: UnixMillis): OtlpRequest {
  return {
    body,
    points,
    timestamp,
    bytes: body.length,
    idempotent: true,
    split() {
      if (points < 2) return undefined;
      const middle = points >> 1;
      return [
        createOtlpRequest(sliceMessage(body, 0, middle), middle, timestamp),
        createOtlpRequest(sliceMessage(body, middle, points), points - middle, timestamp),
      ];
    },
  };
}
