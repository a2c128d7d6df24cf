import { gunzipSync, gzipSync } from 'node:zlib';
import { HeaplessError } from '../../shared/core/errors.ts';

/** A request or an answer between two functions: JSON, and gzip of it when it is large. */
export interface WireBody {
  readonly type: string;
  readonly bytes: Buffer<ArrayBuffer>;
}

export const JSON_TYPE = 'application/json';
/** Not `Content-Encoding`, which fronts and libraries of platforms may undo or do once more. */
export const GZIP_TYPE = 'application/gzip';

/** Smaller texts travel as they are, so that logs and calls by hand stay readable. */
const PACK_FROM_BYTES = 1_048_576;
/** Largest text that is unpacked. */
const MAX_TEXT_BYTES = 134_217_728;

/** A value as it travels. Totals of many workloads and groups are numbers and names: gzip makes a tenth of them. */
export function encodeBody(value: unknown): WireBody {
  const text = Buffer.from(JSON.stringify(value));
  if (text.length < PACK_FROM_BYTES) return { type: JSON_TYPE, bytes: text };
  return { type: GZIP_TYPE, bytes: gzipSync(text, { level: 1 }) };
}

/** What `encodeBody` was given. Throws `HeaplessError` (`event_invalid`) for bytes that are nothing of the kind. */
export function decodeBody(type: string, bytes: Uint8Array): unknown {
  try {
    const packed = type.split(';')[0]?.trim().toLowerCase() === GZIP_TYPE;
    const text = packed ? gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES }) : bytes;
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (cause) {
    const shown = JSON.stringify(type.slice(0, 64));
    throw new HeaplessError(`the body (${bytes.length} bytes of ${shown}) is no JSON`, {
      code: 'event_invalid',
      cause,
    });
  }
}
