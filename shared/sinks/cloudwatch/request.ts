import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { UnixMillis } from '../../core/units.ts';
import type { EncodedRequest } from '../sink.ts';
import { ENVELOPE_BYTES, jsonBytes, type SizedDatum } from './datum.ts';
import { MAX_BODY_BYTES, MAX_DATUMS } from './limits.ts';

/** A PutMetricData call. */
export interface MetricDataRequest extends EncodedRequest {
  readonly namespace: string;
  readonly datums: readonly MetricDatum[];
  /** The datums with their points and bytes. */
  readonly sized: readonly SizedDatum[];
  /** Of all its datums. */
  readonly timestamp: UnixMillis;
}

export interface RequestHead {
  readonly namespace: string;
  readonly timestamp: UnixMillis;
  readonly idempotent: boolean;
}

function envelope(head: RequestHead): number {
  return ENVELOPE_BYTES + jsonBytes(head.namespace);
}

/** A request of datums that fit into one. */
export function toRequest(head: RequestHead, datums: readonly SizedDatum[]): MetricDataRequest {
  return {
    ...head,
    sized: datums,
    datums: datums.map(({ datum }) => datum),
    points: datums.reduce((sum, { points }) => sum + points, 0),
    bytes: datums.reduce((sum, { bytes }) => sum + bytes, envelope(head)),
    split() {
      if (datums.length < 2) return undefined;
      const middle = datums.length >> 1;
      return [toRequest(head, datums.slice(0, middle)), toRequest(head, datums.slice(middle))];
    },
  };
}

/** Fills requests up to the limits of PutMetricData. */
export interface RequestPacker {
  /** Adds a datum; returns the request that had no room for it, if it was full. */
  add(datum: SizedDatum): MetricDataRequest | undefined;
  /** The request in the making, if it has any datum. */
  flush(): MetricDataRequest | undefined;
  /** True if a datum is too large for any request. */
  isTooLarge(datum: SizedDatum): boolean;
}

export function createPacker(head: RequestHead): RequestPacker {
  let datums: SizedDatum[] = [];
  let bytes = envelope(head);
  const flush = (): MetricDataRequest | undefined => {
    if (datums.length === 0) return undefined;
    const request = toRequest(head, datums);
    datums = [];
    bytes = envelope(head);
    return request;
  };
  return {
    add(datum) {
      const full = datums.length === MAX_DATUMS || bytes + datum.bytes > MAX_BODY_BYTES ? flush() : undefined;
      datums.push(datum);
      bytes += datum.bytes;
      return full;
    },
    flush,
    isTooLarge: (datum) => envelope(head) + datum.bytes > MAX_BODY_BYTES,
  };
}
