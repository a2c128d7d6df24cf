// hot path: bench "pods"

const VARINT = 0;
const FIXED64 = 1;
const BLOCK = 2;
const FIXED32 = 5;
/** Bytes of a varint of 64 bits. */
const LONGEST = 10;

/** Where the varint at `at` ends; 0 if it is cut at `to`. One that does not end is as long as any may be: its reader refuses it. */
function varintEnd(bytes: Uint8Array, at: number, to: number): number {
  for (let i = at; i < to; i++) if (bytes[i]! < 0x80 || i - at === LONGEST - 1) return i + 1;
  return 0;
}

/** Where the length of a block is done, and its content begins; 0 if that lies behind `to`. `at` is that of the tag. */
export function blockStart(bytes: Uint8Array, at: number, to: number): number {
  const tagEnd = varintEnd(bytes, at, to);
  return tagEnd === 0 ? 0 : varintEnd(bytes, tagEnd, to);
}

/** The length that a block at `at` says it has: a number of at most 64 bits. Its head must be there. */
export function blockLength(bytes: Uint8Array, at: number, to: number): number {
  let length = 0;
  let scale = 1;
  for (let i = varintEnd(bytes, at, to); i < to; i++) {
    const byte = bytes[i]!;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
    scale *= 0x80;
  }
  return length;
}

/**
 * Bytes of the field at `at`, tag and all, even if they are not all there; 0 if what tells them lies behind `to`. Of a wire
 * type that no field has only the tag counts.
 */
export function fieldSize(bytes: Uint8Array, at: number, to: number): number {
  const tagEnd = varintEnd(bytes, at, to);
  if (tagEnd === 0) return 0;
  switch (bytes[at]! & 7) {
    case VARINT: {
      const end = varintEnd(bytes, tagEnd, to);
      return end === 0 ? 0 : end - at;
    }
    case BLOCK: {
      const start = varintEnd(bytes, tagEnd, to);
      return start === 0 ? 0 : start - at + blockLength(bytes, at, to);
    }
    case FIXED64:
      return tagEnd - at + 8;
    case FIXED32:
      return tagEnd - at + 4;
    default:
      return tagEnd - at;
  }
}
