import { gunzipSync, gzipSync } from 'node:zlib';
import { HeaplessError } from '../../shared/core/errors.ts';

/** A request or an answer as it travels when it is large: JSON, gzip, base64. */
interface Packed {
  readonly packed: 'gzip';
  readonly body: string;
}

/** Smaller texts travel as they are, so that logs and calls by hand stay readable. */
const PACK_FROM_BYTES = 1_048_576;
/** Largest text that is unpacked. */
const MAX_TEXT_BYTES = 134_217_728;

/** The value as it travels. Totals of many workloads and groups are numbers and names: gzip makes a tenth of them. */
export function packPayload(value: unknown): unknown {
  const text = JSON.stringify(value);
  if (text === undefined || text.length < PACK_FROM_BYTES) return value;
  return { packed: 'gzip', body: gzipSync(text, { level: 1 }).toString('base64') } satisfies Packed;
}

/** What `packPayload` was given. Throws `HeaplessError` (`event_invalid`) for what cannot be unpacked. */
export function unpackPayload(travelled: unknown): unknown {
  if (!isPacked(travelled)) return travelled;
  try {
    const text = gunzipSync(Buffer.from(travelled.body, 'base64'), { maxOutputLength: MAX_TEXT_BYTES });
    return JSON.parse(text.toString('utf8'));
  } catch (cause) {
    throw new HeaplessError('the payload says it is gzip and cannot be unpacked', { code: 'event_invalid', cause });
  }
}

function isPacked(value: unknown): value is Packed {
  const packed = value as Partial<Packed> | null;
  return typeof packed === 'object' && packed?.packed === 'gzip' && typeof packed.body === 'string';
}
