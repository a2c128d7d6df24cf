// hot path: bench "sinks"

/*
 * | wire type | of | tag |
 * |---|---|---|
 * | 0 varint | int64, uint32, enum, bool | field << 3 |
 * | 1 fixed64 | double, fixed64, sfixed64 | field << 3 \| 1 |
 * | 2 length-delimited | string, bytes, message, packed | field << 3 \| 2 |
 *
 * https://protobuf.dev/programming-guides/encoding/ (read 2026-11-24). Fields below 16 have a tag of one byte.
 */
const SMALLEST = 1_024;
const TWO_32 = 2 ** 32;

/** Bytes of a whole number from 0 to 2^53 as a varint. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  let size = 4;
  for (let rest = value / 0x1000_0000; rest >= 1; rest /= 128) size++;
  return size;
}

/** Bytes of a text as UTF-8; half a character counts as U+FFFD. */
export function utf8Size(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return Buffer.byteLength(text);
  return text.length;
}

/** A growing buffer of protobuf. Nested messages need their size before (`varintSize`, `utf8Size`), so nothing moves. */
export class ProtobufWriter {
  buffer: Buffer;
  /** Bytes written. */
  at = 0;
  #view: DataView;

  /** Writes into `buffer`, which begins its memory, until that is full. */
  constructor(buffer: Buffer = Buffer.allocUnsafeSlow(SMALLEST)) {
    this.buffer = buffer;
    this.#view = new DataView(buffer.buffer);
  }

  /** Makes room for `bytes` more. The other writers expect that it is there. */
  reserve(bytes: number): void {
    const needed = this.at + bytes;
    if (needed > this.buffer.length) this.moveTo(Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.buffer.length)));
  }

  /** Goes on in another buffer, which begins its memory and has room for what was written. */
  moveTo(larger: Buffer): void {
    larger.set(this.buffer.subarray(0, this.at));
    this.buffer = larger;
    this.#view = new DataView(larger.buffer);
  }

  byte(value: number): void {
    this.buffer[this.at++] = value;
  }

  /** A whole number from 0 to 2^53; up to 8 bytes. */
  varint(value: number): void {
    const { buffer } = this;
    let { at } = this;
    let rest = value;
    while (rest >= 0x8000_0000) {
      const next = Math.floor(rest / 128);
      buffer[at++] = (rest - next * 128) | 0x80;
      rest = next;
    }
    while (rest >= 0x80) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[at++] = rest;
    this.at = at;
  }

  /** A double, as 8 bytes. */
  double(value: number): void {
    this.#view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** A whole number of at most 2^63 in size, as 8 bytes in two's complement. */
  fixed64(value: number): void {
    const high = Math.floor(value / TWO_32);
    this.#view.setUint32(this.at, value - high * TWO_32, true);
    this.#view.setInt32(this.at + 4, high, true);
    this.at += 8;
  }

  /** A copy of `source[from, to)`. */
  bytes(source: Uint8Array, from: number = 0, to: number = source.length): void {
    const { buffer } = this;
    let { at } = this;
    if (to - from > 40) {
      (source as Buffer).copy(buffer, at, from, to);
      this.at = at + to - from;
      return;
    }
    for (let i = from; i < to; i++) buffer[at++] = source[i]!;
    this.at = at;
  }

  /** A text as UTF-8 without its length. `size` is its `utf8Size`. */
  utf8(text: string, size: number): void {
    const { buffer } = this;
    let { at } = this;
    if (size === text.length) for (let i = 0; i < size; i++) buffer[at++] = text.charCodeAt(i);
    else at += buffer.write(text, at, 'utf8');
    this.at = at;
  }

  /** A field of text: tag, length, UTF-8. Reserves for itself. */
  text(tag: number, text: string): void {
    const size = utf8Size(text);
    this.reserve(size + 10);
    this.byte(tag);
    this.varint(size);
    this.utf8(text, size);
  }

  /** A copy of what was written. */
  copy(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.at));
  }
}
