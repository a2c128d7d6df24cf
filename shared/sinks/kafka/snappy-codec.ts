/*
 * Snappy as Kafka's Java client frames it (xerial snappy-java): "\x82SNAPPY\0", version 1, compatible 1, then blocks of
 * int32 length and raw snappy.
 */
const HEADER = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
/** Uncompressed bytes of a block, snappy-java's own. */
const BLOCK = 32 * 1_024;

/** Frames compressed blocks. `compress` is raw snappy. */
export function frameSnappy(bytes: Uint8Array, compress: (block: Uint8Array) => Uint8Array): Buffer {
  const pieces: Uint8Array[] = [HEADER];
  for (let from = 0; from < bytes.length; from += BLOCK) {
    const block = compress(bytes.subarray(from, from + BLOCK));
    const size = Buffer.alloc(4);
    size.writeInt32BE(block.length);
    pieces.push(size, block);
  }
  return Buffer.concat(pieces);
}
