const WORD = 4;

/** Bytes that are written often: as 32-bit words, which are stored four times as fast as bytes one by one. */
export interface Constant {
  readonly length: number;
  /** Little-endian, the last one filled up with zeros. */
  readonly words: Int32Array;
}

export function toConstant(source: string | Uint8Array): Constant {
  const bytes = Buffer.from(source);
  const padded = Buffer.concat([bytes, Buffer.alloc((WORD - (bytes.length % WORD)) % WORD)]);
  const words = Int32Array.from({ length: padded.length / WORD }, (_, index) => padded.readInt32LE(index * WORD));
  return { length: bytes.length, words };
}
