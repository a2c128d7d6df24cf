import { HeaplessError } from '../../shared/core/errors.ts';
import { packJson, unpackJson } from '../../shared/fanout/packed-json.ts';

/** A request or an answer as it travels when it is large: Lambda wants JSON, so gzip goes in base64. */
interface Packed {
  readonly packed: 'gzip';
  readonly body: string;
}

/** The value as it travels. A handler's answer is written by the runtime, which may clone it first: it must have no `toJSON`. */
export function packPayload(value: unknown): unknown {
  if (value === undefined) return value;
  const { packed, bytes } = packJson(value);
  return packed ? ({ packed: 'gzip', body: bytes.toString('base64') } satisfies Packed) : value;
}

/** What `packPayload` was given. Throws `HeaplessError` (`event_invalid`) for what cannot be unpacked. */
export function unpackPayload(travelled: unknown): unknown {
  if (!isPacked(travelled)) return travelled;
  try {
    return unpackJson({ packed: true, bytes: Buffer.from(travelled.body, 'base64') });
  } catch (cause) {
    throw new HeaplessError('the payload says it is gzip and cannot be unpacked', { code: 'event_invalid', cause });
  }
}

function isPacked(value: unknown): value is Packed {
  const packed = value as Partial<Packed> | null;
  return typeof packed === 'object' && packed?.packed === 'gzip' && typeof packed.body === 'string';
}
