import { HeaplessError } from '../../shared/core/errors.ts';
import { packJson, unpackJson } from '../../shared/fanout/packed-json.ts';

/** A request or an answer as the body of an HTTP message. */
export interface WireBody {
  readonly type: string;
  readonly bytes: Buffer<ArrayBuffer>;
}

export const JSON_TYPE = 'application/json';
/** Not `Content-Encoding`, which fronts and libraries of platforms may undo or do once more. */
export const GZIP_TYPE = 'application/gzip';

/** A value as it travels. */
export function encodeBody(value: unknown): WireBody {
  const { packed, bytes } = packJson(value);
  return { type: packed ? GZIP_TYPE : JSON_TYPE, bytes };
}

/** What `encodeBody` was given. Throws `HeaplessError` (`event_invalid`) for bytes that are nothing of the kind. */
export function decodeBody(type: string, bytes: Uint8Array): unknown {
  try {
    return unpackJson({ packed: type.split(';')[0]?.trim().toLowerCase() === GZIP_TYPE, bytes });
  } catch (cause) {
    const shown = JSON.stringify(type.slice(0, 64));
    const message = `the body (${bytes.length} bytes of ${shown}) is no JSON`;
    throw new HeaplessError(message, { code: 'event_invalid', cause });
  }
}
