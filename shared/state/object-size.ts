import { HeaplessError } from '../core/errors.ts';
import { MIB } from '../core/units.ts';

/** Largest object that is read. The largest of ours, the counters of a shard of 1,000 nodes, has some 30 MB. */
export const MAX_OBJECT_BYTES = 256 * MIB;

/** Throws `HeaplessError` (code `state_too_large`) for an object that nobody of us wrote: it would take all memory. */
export function checkObjectSize(bytes: number | undefined, key: string, shown: string): void {
  if (bytes === undefined || bytes <= MAX_OBJECT_BYTES) return;
  throw new HeaplessError(
    `state ${shown}: ${key} has more than ${MAX_OBJECT_BYTES} bytes and is none of Heapless's objects; it was not read: delete it`,
    { code: 'state_too_large' },
  );
}

/** All bytes of a stream. Throws as `checkObjectSize`, and ends the stream, as soon as they are too many. */
export async function readObject(
  stream: AsyncIterable<unknown> | Iterable<unknown>,
  key: string,
  shown: string,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const part = Buffer.from(chunk as Uint8Array);
    bytes += part.byteLength;
    checkObjectSize(bytes, key, shown);
    chunks.push(part);
  }
  return Buffer.concat(chunks, bytes);
}
