// hot path: bench "pods"
import { DecodeError } from '../../core/errors.ts';

/** Wire types of the Protocol Buffers encoding. Source: protobuf.dev/programming-guides/encoding. */
const VARINT = 0;
const FIXED64 = 1;
const BLOCK = 2;
const FIXED32 = 5;
/** Bit of a varint's byte that says that another follows. */
const MORE = 0x80;
/** Bytes of a varint of 64 bits. */
const LONGEST = 10;
const LARGEST_FIELD = 0x1fff_ffff;
/** Above the fields that a set of them can have. */
const LARGEST_WANTED = 31;

/** Fields of a message as bits, `1 << number`: for `next`. Numbers above 30 cannot be among them. */
export function fieldSet(...fields: readonly number[]): number {
  return fields.reduce((set, field) => set | (1 << field), 0);
}

/**
 * Reads a message field by field and skips what is not asked for by its length. Offsets are absolute; every `end` is
 * checked against the message around it. Throws `DecodeError` (`protobuf_invalid`) on bytes that are no such message.
 */
export class WireCursor {
  readonly bytes: Buffer;
  /** Next byte to read. */
  at = 0;
  /** Wire type of the tag read last. */
  #type = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** The number of the next field of a message that ends at `end`; 0 behind the last one. */
  field(end: number): number {
    if (this.at >= end) return 0;
    const tag = this.#varint(end);
    this.#type = tag & 7;
    const field = Math.floor(tag / 8);
    if (field === 0 || field > LARGEST_FIELD) throw invalid(`a field with the number ${field}`, this.at);
    return field;
  }

  /**
   * The number of the next field that is in `wanted`, a `fieldSet`; 0 behind the last field. Those before it are passed over.
   * One loop for all messages, too large to be inlined: a cold process compiles it once, and not again in each of its callers.
   */
  next(end: number, wanted: number): number {
    const { bytes } = this;
    while (this.at < end) {
      const first = bytes[this.at]!;
      let field = first >>> 3;
      if (first < MORE && field > 0) {
        this.at++;
        this.#type = first & 7;
      } else field = this.field(end);
      if (field < LARGEST_WANTED && (wanted & (1 << field)) !== 0) return field;
      const length = this.#type === BLOCK && this.at < end ? bytes[this.at]! : MORE;
      if (length < MORE && length < end - this.at) this.at += 1 + length;
      else this.skip(end);
    }
    return 0;
  }

  /** A number field's value. Beyond 2^53 it is rounded; a negative one comes out as 2^64 less. */
  number(end: number): number {
    if (this.#type !== VARINT) throw this.#unexpected();
    return this.#varint(end);
  }

  /** Where the field read last (text or message) ends; it begins at `at`. */
  block(end: number): number {
    if (this.#type !== BLOCK) throw this.#unexpected();
    const length = this.#varint(end);
    if (length > end - this.at) throw invalid(`a field of ${length} bytes in ${end - this.at}`, this.at);
    return this.at + length;
  }

  /** A text field. */
  text(end: number): string {
    const to = this.block(end);
    const text = this.bytes.toString('utf8', this.at, to);
    this.at = to;
    return text;
  }

  /** Passes over the field read last. */
  skip(end: number): void {
    switch (this.#type) {
      case VARINT:
        this.#varint(end);
        return;
      case BLOCK:
        this.at = this.block(end);
        return;
      case FIXED64:
      case FIXED32:
        this.at += this.#type === FIXED64 ? 8 : 4;
        if (this.at > end) throw invalid('a number that is cut', this.at);
        return;
      default:
        throw this.#unexpected();
    }
  }

  #varint(end: number): number {
    const { bytes } = this;
    const first = this.at < end ? bytes[this.at++]! : MORE;
    if (first < MORE) return first;
    let value = first - MORE;
    let scale = MORE;
    for (let i = 1; i < LONGEST && this.at < end; i++) {
      const byte = bytes[this.at++]!;
      if (byte < MORE) return value + byte * scale;
      value += (byte - MORE) * scale;
      scale *= MORE;
    }
    throw invalid('a number that does not end', this.at);
  }

  #unexpected(): DecodeError {
    return invalid(`wire type ${this.#type} where it cannot be`, this.at);
  }
}

function invalid(what: string, at: number): DecodeError {
  return new DecodeError(`not the protobuf that it should be: ${what}, byte ${at}`, { code: 'protobuf_invalid' });
}
