import { createGunzip } from 'node:zlib';
import { freeMemory } from '../../core/free-memory.ts';

/** What came of unpacking: `size` are the bytes that were there. */
export type UnpackedPieces =
  | { readonly kind: 'whole'; readonly size: number }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'garbled'; readonly error: Error }
  | { readonly kind: 'aborted' };

/** Bytes of a piece. Smaller ones cost more CPU (64 KiB: twice as much), larger ones only memory. */
export const PIECE_BYTES = 1_048_576;

/**
 * Unpacks gzip off the main thread and tells the bytes piece by piece, so that they never lie in memory as a whole.
 * `packed` must not change before the answer is `whole`; with any other it may be read of still.
 */
export function unpackPieces(
  packed: Buffer,
  options: {
    /** Most bytes, unpacked. */
    readonly limit: number;
    readonly signal: AbortSignal;
    /** Must not throw. */
    readonly onPiece: (piece: Buffer) => void;
  },
): Promise<UnpackedPieces> {
  const { limit, signal, onPiece } = options;
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  let size = 0;
  return new Promise((resolve) => {
    const settle = (result: UnpackedPieces): void => {
      signal.removeEventListener('abort', onAbort);
      gunzip.destroy();
      resolve(result);
    };
    const onAbort = (): void => settle({ kind: 'aborted' });
    signal.addEventListener('abort', onAbort, { once: true });
    gunzip.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size > limit) settle({ kind: 'too_large' });
      else {
        onPiece(piece);
        // One that fills its memory is followed by another elsewhere: a hundred of them would wait for a collection.
        freeMemory(piece);
      }
    });
    gunzip.on('error', (error) => settle({ kind: 'garbled', error }));
    gunzip.on('end', () => settle({ kind: 'whole', size }));
    gunzip.end(packed);
  });
}
