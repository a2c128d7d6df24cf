// hot path: bench "pods"
import { DecodeError } from '../../core/errors.ts';
import { isProtobuf, kindOf, MAGIC_BYTES } from './envelope.ts';
import { blockLength, blockStart, fieldSize } from './field-size.ts';
import { WireCursor } from './wire-cursor.ts';

/** Takes one field of the message; `cursor` has read its tag, and the field ends at `end`. Throws `DecodeError`. */
export type OnField = (field: number, cursor: WireCursor, end: number) => void;

/** First byte of the envelope's field `raw`, the message: number 2, a block. */
const RAW_TAG = (2 << 3) | 2;
const FIRST_KEPT = 16_384;

/**
 * Reads a message in its envelope (`openEnvelope` says what that is) piece by piece, whatever the pieces are: each field of the message
 * is told when it is there as a whole. What a piece ends with is copied, so that nothing is read of it afterwards.
 * `write` and `end` throw `DecodeError`; nothing may be written after that.
 */
export class EnvelopeReader {
  readonly #wanted: string;
  readonly #onField: OnField;
  #state: 'magic' | 'envelope' | 'message' = 'magic';
  #kind: string | undefined;
  /** Whether the message has begun. */
  #isOpen = false;
  /** Bytes of the message that are not read yet. */
  #left = 0;
  /** The beginning of what the next piece goes on with, a field or a head, and how many bytes of it are there. */
  #kept = Buffer.allocUnsafe(0);
  #size = 0;
  /** Bytes that what is kept needs to be read; one more than are there, if that is not known yet. */
  #needed = 0;

  /** `wanted` is the kind that the envelope must name. */
  constructor(wanted: string, onField: OnField) {
    this.#wanted = wanted;
    this.#onField = onField;
  }

  write(piece: Buffer): void {
    let at = 0;
    while (this.#size > 0 && at < piece.length) {
      at += this.#keep(piece, at, this.#needed - this.#size);
      if (this.#size < this.#needed) return;
      const used = this.#read(this.#kept, 0, this.#size);
      this.#kept.copyWithin(0, used, this.#size);
      this.#size -= used;
    }
    const used = this.#read(piece, at, piece.length);
    if (used < piece.length) this.#keep(piece, used, piece.length - used);
  }

  /** Says that there is no more. */
  end(): void {
    const isCut = this.#size > 0 || this.#left > 0 || this.#state === 'magic';
    if (isCut) throw invalid('protobuf that ends in the middle');
    this.#checkKind();
  }

  /** Keeps at most `wanted` bytes of a piece and says how many. */
  #keep(piece: Buffer, at: number, wanted: number): number {
    const size = Math.min(wanted, piece.length - at);
    const needed = this.#size + size;
    if (needed > this.#kept.length) {
      // What a length claims is not believed: memory grows with what is there.
      const next = Buffer.allocUnsafeSlow(Math.max(FIRST_KEPT, 2 * needed));
      this.#kept.copy(next, 0, 0, this.#size);
      this.#kept = next;
    }
    piece.copy(this.#kept, this.#size, at, at + size);
    this.#size = needed;
    return size;
  }

  /** Reads all that is whole, and says where it stopped; `#needed` says how much there must be from there on. */
  #read(bytes: Buffer, from: number, to: number): number {
    const cursor = new WireCursor(bytes);
    let at = from;
    while (at < to) {
      const next = this.#step(cursor, at, to);
      if (next === at) break;
      at = next;
    }
    return at;
  }

  #step(cursor: WireCursor, at: number, to: number): number {
    if (this.#state === 'message') {
      if (this.#left > 0) return this.#field(cursor, at, to);
      this.#state = 'envelope';
    }
    if (this.#state === 'envelope') return this.#envelopeField(cursor, at, to);
    if (this.#isCut(MAGIC_BYTES, at, to)) return at;
    if (!isProtobuf(cursor.bytes.subarray(at, to))) throw invalid('protobuf without its first bytes');
    this.#state = 'envelope';
    return at + MAGIC_BYTES;
  }

  #envelopeField(cursor: WireCursor, at: number, to: number): number {
    const { bytes } = cursor;
    if (bytes[at] === RAW_TAG) return this.#enter(bytes, at, to);
    const size = fieldSize(bytes, at, to);
    if (this.#isCut(size, at, to)) return at;
    const end = at + size;
    cursor.at = at;
    const field = cursor.field(end);
    if (field === 1) {
      this.#kind = kindOf(cursor, cursor.block(end));
      this.#checkKind();
    } else if (field === 3 && cursor.text(end) !== '') throw invalid('protobuf with an encoding of its own');
    else if (field !== 3) cursor.skip(end);
    return end;
  }

  #enter(bytes: Buffer, at: number, to: number): number {
    const start = blockStart(bytes, at, to);
    if (this.#isCut(start === 0 ? 0 : start - at, at, to)) return at;
    if (this.#isOpen) throw invalid('protobuf with two messages');
    this.#isOpen = true;
    this.#left = blockLength(bytes, at, to);
    this.#state = 'message';
    return start;
  }

  #field(cursor: WireCursor, at: number, to: number): number {
    const size = fieldSize(cursor.bytes, at, to);
    if (size > this.#left || (size === 0 && to - at >= this.#left))
      throw invalid(`a field that ends behind its message, by which ${this.#left} bytes are left`);
    if (this.#isCut(size, at, to)) return at;
    const end = at + size;
    cursor.at = at;
    const field = cursor.field(end);
    this.#onField(field, cursor, end);
    this.#left -= size;
    return end;
  }

  /** Whether something of `size` bytes at `at` is not there yet as a whole; 0 = nobody knows its size. */
  #isCut(size: number, at: number, to: number): boolean {
    if (size > 0 && size <= to - at) return false;
    this.#needed = size === 0 ? to - at + 1 : size;
    return true;
  }

  #checkKind(): void {
    if (this.#kind !== this.#wanted) throw invalid(`a ${this.#kind || 'nameless kind'} instead of a ${this.#wanted}`);
  }
}

function invalid(message: string): DecodeError {
  return new DecodeError(message, { code: 'protobuf_invalid' });
}
