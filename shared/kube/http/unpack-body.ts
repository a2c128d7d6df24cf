import { constants, gunzipSync } from 'node:zlib';

export type Unpacked =
  | { readonly kind: 'whole'; readonly body: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'garbled'; readonly error: Error };

/** Bytes of the unpacked size at the end of gzip, modulo 2^32. Only a hint: anybody may have written it. */
const SIZE_BYTES = 4;
const LEAST_CHUNK = 1_024;
/** Deflate cannot do better. */
const BEST_RATIO = 1_032;

/** How many bytes come out of packed ones, as their end says. */
export function unpackedSizeHint(packed: Buffer): number {
  return packed.length < SIZE_BYTES ? 0 : packed.readUInt32LE(packed.length - SIZE_BYTES);
}

/** Unpacks all at once, into one buffer of the size that the end tells. */
export function unpackBody(
  packed: Buffer,
  { limit, isError }: { readonly limit: number; readonly isError: boolean },
): Unpacked {
  const bytes = packed.length;
  const chunkSize = Math.max(LEAST_CHUNK, Math.min(unpackedSizeHint(packed), limit, bytes * BEST_RATIO) + 1);
  // An error's body may be cut: what there is of it is shown.
  const finishFlush = isError ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
  try {
    return { kind: 'whole', body: gunzipSync(packed, { chunkSize, maxOutputLength: limit, finishFlush }) };
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const isTooLarge = 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    if (!isTooLarge) return { kind: 'garbled', error };
    return isError ? { kind: 'whole', body: Buffer.alloc(0) } : { kind: 'too_large' };
  }
}
