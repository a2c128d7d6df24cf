import type { UnixMillis } from '../../core/units.ts';
import type { EncodedRequest } from '../sink.ts';
import { MAX_BODY_BYTES, MAX_SERIES } from './limits.ts';

/** Everything of a document before its first series, and what ends it. */
export const DOCUMENT_END = ']}}}\n';

/** One series with the head of its document. */
export interface SeriesPart {
  /** `{"time":…,"data":{…"series":[`: series that follow each other under one head are one document. */
  readonly head: string;
  /** `{"dimValues":[…],"min":…,"max":…,"sum":…,"count":…}`. */
  readonly series: string;
  /** UTF-8 of `series`. */
  readonly bytes: number;
  readonly points: number;
}

/** A body of newline-delimited documents, a metric each. */
export interface CustomMetricsRequest extends EncodedRequest {
  /** Of all its documents. */
  readonly timestamp: UnixMillis;
  readonly parts: readonly SeriesPart[];
  split(): readonly [CustomMetricsRequest, CustomMetricsRequest] | undefined;
}

export interface RequestHead {
  readonly timestamp: UnixMillis;
  readonly idempotent: boolean;
}

/** The text that is sent. */
export function toBody(parts: readonly SeriesPart[]): string {
  let body = '';
  let open = '';
  for (const { head, series } of parts) {
    if (head === open) body += `,${series}`;
    else body += `${open === '' ? '' : DOCUMENT_END}${head}${series}`;
    open = head;
  }
  return open === '' ? '' : body + DOCUMENT_END;
}

function addedBytes(part: SeriesPart, before: SeriesPart | undefined): number {
  if (before?.head === part.head) return 1 + part.bytes;
  return Buffer.byteLength(part.head) + part.bytes + DOCUMENT_END.length;
}

/** A request of parts that fit into one. */
export function toRequest(head: RequestHead, parts: readonly SeriesPart[]): CustomMetricsRequest {
  return {
    ...head,
    parts,
    points: parts.reduce((sum, { points }) => sum + points, 0),
    bytes: parts.reduce((sum, part, index) => sum + addedBytes(part, parts[index - 1]), 0),
    split() {
      if (parts.length < 2) return undefined;
      const middle = parts.length >> 1;
      return [toRequest(head, parts.slice(0, middle)), toRequest(head, parts.slice(middle))];
    },
  };
}

/** Fills requests up to the limits. */
export interface RequestPacker {
  /** Adds a series; returns the request that had no room for it, if it was full. */
  add(part: SeriesPart): CustomMetricsRequest | undefined;
  /** The request in the making, if it has any series. */
  flush(): CustomMetricsRequest | undefined;
}

export function createPacker(head: RequestHead): RequestPacker {
  let parts: SeriesPart[] = [];
  let bytes = 0;
  const flush = (): CustomMetricsRequest | undefined => {
    if (parts.length === 0) return undefined;
    const request = toRequest(head, parts);
    parts = [];
    bytes = 0;
    return request;
  };
  return {
    add(part) {
      const more = addedBytes(part, parts.at(-1));
      const full = parts.length === MAX_SERIES || bytes + more > MAX_BODY_BYTES ? flush() : undefined;
      bytes += full === undefined ? more : addedBytes(part, undefined);
      parts.push(part);
      return full;
    },
    flush,
  };
}
