// hot path: bench "sinks"

/*
 * Snappy's block format (https://github.com/google/snappy/blob/main/format_description.txt, read 2026-11-24):
 *
 * | element | bytes |
 * |---|---|
 * | preamble | length of the original as a varint |
 * | literal | `(n-1) << 2` for n up to 60; 60, 61 in place of n-1: n-1 follows in 1, 2 bytes, little-endian |
 * | copy, 2-byte offset | `(n-1) << 2 \| 2` for n up to 64, then how far back it begins, 16 bits, little-endian |
 *
 * Where the original repeats itself is known to the writer of series, so it says so; nothing is searched for.
 */
const PREAMBLE = 5;
const SHORT_LITERAL = 60;
const LONG_LITERAL = 65_536;
const LONGEST_COPY = 64;
/** Bytes that a short literal and its tag, or a copy element, take at most. */
const ELEMENT = SHORT_LITERAL + 1;

/** How far back a copy can reach. */
export const SNAPPY_REACH = 65_535;

/** Writes a snappy block from literals and from copies of what was written before. */
export class SnappyWriter {
  /** Bytes of the original so far. */
  length = 0;
  #out: Buffer = Buffer.allocUnsafeSlow(65_536);
  #at = PREAMBLE;
  /** Where the tag of the open short literal is; -1 = none is open. */
  #tag = -1;

  /** A few bytes (at most 60), joined with those before if they were few too. */
  short(source: Uint8Array, size: number): void {
    if (size === 0) return;
    if (this.#tag < 0 || this.#at - this.#tag - 1 + size > SHORT_LITERAL) {
      this.#close();
      this.#reserve(ELEMENT);
      this.#tag = this.#at++;
    }
    const out = this.#out;
    let at = this.#at;
    for (let i = 0; i < size; i++) out[at++] = source[i]!;
    this.#at = at;
    this.length += size;
  }

  /** The bytes `source[from, to)`, of any number. */
  literal(source: Buffer, from: number, to: number): void {
    this.#close();
    for (let begin = from; begin < to; begin += LONG_LITERAL) {
      const size = Math.min(LONG_LITERAL, to - begin);
      this.#reserve(size + 3);
      const out = this.#out;
      if (size <= SHORT_LITERAL) out[this.#at++] = (size - 1) << 2;
      else if (size <= 256) {
        out[this.#at++] = 60 << 2;
        out[this.#at++] = size - 1;
      } else {
        out[this.#at++] = 61 << 2;
        out[this.#at++] = size - 1;
        out[this.#at++] = (size - 1) >> 8;
      }
      source.copy(out, this.#at, begin, begin + size);
      this.#at += size;
    }
    this.length += to - from;
  }

  /** `size` bytes of the original from `position` on, which is at most `SNAPPY_REACH` back. */
  copy(position: number, size: number): void {
    this.#close();
    const offset = this.length - position;
    this.#reserve(3 * Math.ceil(size / LONGEST_COPY));
    const out = this.#out;
    let at = this.#at;
    for (let rest = size; rest > 0; rest -= LONGEST_COPY) {
      out[at++] = ((Math.min(rest, LONGEST_COPY) - 1) << 2) | 2;
      out[at++] = offset;
      out[at++] = offset >> 8;
    }
    this.#at = at;
    this.length += size;
  }

  /** The block, as bytes of its own; the writer is empty again. */
  finish(): Buffer {
    this.#close();
    const out = this.#out;
    const preamble: number[] = [];
    for (let rest = this.length; ; rest >>>= 7) {
      preamble.push(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
      if (rest < 0x80) break;
    }
    const begin = PREAMBLE - preamble.length;
    out.set(preamble, begin);
    const block = Buffer.from(out.subarray(begin, this.#at));
    this.#at = PREAMBLE;
    this.length = 0;
    return block;
  }

  #close(): void {
    if (this.#tag < 0) return;
    this.#out[this.#tag] = (this.#at - this.#tag - 2) << 2;
    this.#tag = -1;
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#out.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#out.length));
    this.#out.copy(larger, 0, 0, this.#at);
    this.#out = larger;
  }
}
