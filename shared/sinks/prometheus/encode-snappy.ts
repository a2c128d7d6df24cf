// hot path: bench "sinks"
import { ProtobufWriter } from '../protobuf/encode-protobuf.ts';

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

/** How far back a copy can reach. */
export const SNAPPY_REACH = 65_535;

/** Most bytes of a block for so many of the original, in a few literals and in copies. */
export function snappyRoom(bytes: number): number {
  return bytes + (bytes >> 3) + 256;
}

/** Writes a snappy block from literals and from copies of what was written before. Callers reserve room (`snappyRoom`). */
export class SnappyWriter {
  /** Bytes of the original so far. */
  length = 0;
  /** The block. What is written here belongs to the literal that was opened for it. */
  readonly raw: ProtobufWriter;
  /** Where the tag of the open short literal is; -1 = none is open. */
  #tag = -1;

  constructor(buffer: Buffer) {
    this.raw = new ProtobufWriter(buffer);
    this.raw.at = PREAMBLE;
  }

  /** Announces so many bytes (1 to 60) that are written to `raw` now; joined with those before, if they were few too. */
  open(size: number): void {
    const { raw } = this;
    this.length += size;
    if (this.#tag >= 0) {
      if (raw.at - this.#tag - 1 + size <= SHORT_LITERAL) return;
      this.#close();
    }
    this.#tag = raw.at++;
  }

  /** The bytes `source[from, to)`, of any number. */
  literal(source: Buffer, from: number, to: number): void {
    this.#close();
    const { raw } = this;
    for (let begin = from; begin < to; begin += LONG_LITERAL) {
      const size = Math.min(LONG_LITERAL, to - begin);
      if (size <= SHORT_LITERAL) raw.byte((size - 1) << 2);
      else if (size <= 256) {
        raw.byte(60 << 2);
        raw.byte(size - 1);
      } else {
        raw.byte(61 << 2);
        raw.byte(size - 1);
        raw.byte((size - 1) >> 8);
      }
      raw.bytes(source, begin, begin + size);
    }
    this.length += to - from;
  }

  /** `size` bytes of the original from `position` on, which is at most `SNAPPY_REACH` back. */
  copy(position: number, size: number): void {
    this.#close();
    const { raw } = this;
    const { buffer } = raw;
    const offset = this.length - position;
    let { at } = raw;
    let rest = size;
    for (; rest > LONGEST_COPY; rest -= LONGEST_COPY) {
      buffer[at] = ((LONGEST_COPY - 1) << 2) | 2;
      buffer[at + 1] = offset;
      buffer[at + 2] = offset >> 8;
      at += 3;
    }
    buffer[at] = ((rest - 1) << 2) | 2;
    buffer[at + 1] = offset;
    buffer[at + 2] = offset >> 8;
    raw.at = at + 3;
    this.length += size;
  }

  /** The block, as a view of the writer's buffer, in which nothing may be written any more. */
  finish(): Buffer {
    this.#close();
    const { buffer, at } = this.raw;
    const preamble: number[] = [];
    for (let rest = this.length; ; rest >>>= 7) {
      preamble.push(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
      if (rest < 0x80) break;
    }
    const begin = PREAMBLE - preamble.length;
    buffer.set(preamble, begin);
    return buffer.subarray(begin, at);
  }

  #close(): void {
    if (this.#tag < 0) return;
    this.raw.buffer[this.#tag] = (this.raw.at - this.#tag - 2) << 2;
    this.#tag = -1;
  }
}
