/** Longest varint: 10 bytes. */
const MAX_BYTES = 10;

/** The varint at `at` and where the next field begins; exact up to 2^53. Throws `RangeError` if it does not end. */
export function readVarint(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let scale = 1;
  for (let next = at; next < at + MAX_BYTES; next++) {
    const byte = bytes[next];
    if (byte === undefined) break;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: next + 1 };
    scale *= 128;
  }
  throw new RangeError(`no varint at byte ${at}`);
}
