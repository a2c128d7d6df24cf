// hot path: bench "sinks"
import type { Constant } from './constant.ts';
import type { Escapes } from './escapes.ts';

const SMALLEST = 1_024;
/** Constants are written in whole words, so up to three bytes beyond their end. */
const SLACK = 3;
/** Longest decimal form of a double (`-1.2345678901234567e-308`); a safe integer has 17 characters at most. */
export const LONGEST_NUMBER = 25;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const TEN_THOUSAND = 1e4;
const HUNDRED_MILLION = 1e8;
const MILLION = 1e6;
/** Numbers below this have at most 15 digits, and no two such decimals are the same double. */
const FIFTEEN_DIGITS = 1e15;
/** The four digits of each number below 10,000, as a little-endian word: written at once. */
const FOUR_DIGITS = Int32Array.from({ length: TEN_THOUSAND }, (_, number) =>
  Buffer.from(String(number).padStart(4, '0')).readInt32LE(),
);

/**
 * Bytes that grow: text, constants and numbers are written without making strings. Callers reserve room once for many
 * writes (`reserve`), then write; only `text` reserves for itself.
 */
export class ByteWriter {
  buffer: Buffer;
  /** Bytes written. */
  at = 0;

  #view: DataView;

  /** Writes into `buffer`, which begins its memory, until that is full. */
  constructor(buffer: Buffer = Buffer.allocUnsafeSlow(SMALLEST)) {
    this.buffer = buffer;
    this.#view = new DataView(buffer.buffer);
  }

  /** True if `bytes` more have room. */
  fits(bytes: number): boolean {
    return this.at + bytes + SLACK <= this.buffer.length;
  }

  /** Makes room for `bytes` more. */
  reserve(bytes: number): void {
    if (this.fits(bytes)) return;
    this.moveTo(Buffer.allocUnsafeSlow(Math.max(this.at + bytes + SLACK, 2 * this.buffer.length)));
  }

  /** Goes on in another buffer, which begins its memory and has room for what was written. */
  moveTo(larger: Buffer): void {
    larger.set(this.buffer.subarray(0, this.at));
    this.buffer = larger;
    this.#view = new DataView(larger.buffer);
  }

  /** A copy of bytes. Room must be there. */
  bytes(source: Uint8Array): void {
    this.buffer.set(source, this.at);
    this.at += source.length;
  }

  /** Bytes that were made ready. Room must be there. */
  constant(source: Constant): void {
    this.words(source.words, 0, source.words.length);
    this.at -= 4 * source.words.length - source.length;
  }

  /** `words[from, to)`, four bytes each. Room must be there. */
  words(words: Int32Array, from: number, to: number): void {
    const view = this.#view;
    let { at } = this;
    for (let i = from; i < to; i++) {
      view.setInt32(at, words[i]!, true);
      at += 4;
    }
    this.at = at;
  }

  /** One byte. Room must be there. */
  byte(value: number): void {
    this.buffer[this.at++] = value;
  }

  /** A text as UTF-8, each ASCII character as the table has it; what is half a character becomes U+FFFD. */
  text(text: string, escapes: Escapes): void {
    const { length } = text;
    this.reserve(length * 3);
    let { buffer, at } = this;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        this.at = at;
        i += this.#character(text, i);
        at = this.at;
        continue;
      }
      const replacement = escapes[code];
      if (replacement === undefined) {
        buffer[at++] = code;
        continue;
      }
      this.at = at;
      this.reserve(replacement.length + (length - i) * 3);
      this.constant(replacement);
      ({ buffer, at } = this);
    }
    this.at = at;
  }

  /** `values[at]` × `scale`, as `whole` or `double` writes it: a number in an array needs no object on the way. */
  number(values: Float64Array, at: number, scale: number, isWhole: boolean): void {
    const scaled = values[at]! * scale;
    const value = isWhole ? Math.round(scaled) : scaled;
    const size = value < 0 ? -value : value;
    if (size <= Number.MAX_SAFE_INTEGER && Math.floor(size) === size) {
      if (value < 0) this.buffer[this.at++] = MINUS;
      if (size < HUNDRED_MILLION) this.#eightDigits(size | 0);
      else {
        const high = highDigits(size);
        this.#sixteenDigits(high, (size - high * HUNDRED_MILLION) | 0);
      }
    } else if (isWhole) this.whole(value);
    else this.double(value);
  }

  /** A whole number in full. Room for `LONGEST_NUMBER` must be there (beyond 2^53 it is made). */
  whole(value: number): void {
    if (value < 0) {
      this.buffer[this.at++] = MINUS;
      value = -value;
    }
    if (value <= Number.MAX_SAFE_INTEGER) this.#digits(value);
    else this.#ascii(BigInt(value).toString());
  }

  /** The shortest text that reads back as this finite double (`5`, `0.25`, `1e+21`). Room for `LONGEST_NUMBER` must be there. */
  double(value: number): void {
    const size = value < 0 ? -value : value;
    if (size <= Number.MAX_SAFE_INTEGER && Math.floor(size) === size) {
      if (value < 0) this.buffer[this.at++] = MINUS;
      this.#digits(size);
      return;
    }
    // Few decimals: if the nearest double of n ÷ 1,000,000 is the value, its text is that of n with a point.
    const millionths = Math.round(size * MILLION);
    if (millionths < FIFTEEN_DIGITS && millionths / MILLION === size && millionths > 0) {
      this.#millionths(value < 0, millionths);
    } else this.#ascii(String(value));
  }

  /** What was written from `from` on, as a view that the next growth leaves behind. */
  view(from = 0): Uint8Array {
    return this.buffer.subarray(from, this.at);
  }

  #millionths(negative: boolean, millionths: number): void {
    if (negative) this.buffer[this.at++] = MINUS;
    const whole = Math.floor(millionths / MILLION);
    this.#digits(whole);
    let rest = (millionths - whole * MILLION) | 0;
    let decimals = 6;
    for (let tens = (rest / 10) | 0; tens * 10 === rest; tens = (rest / 10) | 0) {
      rest = tens;
      decimals--;
    }
    const { buffer } = this;
    buffer[this.at] = DOT;
    for (let at = this.at + decimals; at > this.at; at--) {
      const tens = (rest / 10) | 0;
      buffer[at] = ZERO + rest - tens * 10;
      rest = tens;
    }
    this.at += decimals + 1;
  }

  /** A whole number from 0 to 2^53. */
  #digits(value: number): void {
    if (value < HUNDRED_MILLION) {
      this.#eightDigits(value | 0);
      return;
    }
    const high = highDigits(value);
    this.#sixteenDigits(high, (value - high * HUNDRED_MILLION) | 0);
  }

  /** The number `high` × 10^8 + `low`. */
  #sixteenDigits(high: number, low: number): void {
    this.#eightDigits(high);
    const upper = (low / TEN_THOUSAND) | 0;
    const view = this.#view;
    view.setInt32(this.at, FOUR_DIGITS[upper]!, true);
    view.setInt32(this.at + 4, FOUR_DIGITS[low - upper * TEN_THOUSAND]!, true);
    this.at += 8;
  }

  /** A whole number from 0 to below 10^8, without leading zeros. */
  #eightDigits(value: number): void {
    const upper = value < TEN_THOUSAND ? 0 : (value / TEN_THOUSAND) | 0;
    const first = upper > 0 ? upper : value;
    const size = first < 100 ? (first < 10 ? 1 : 2) : first < 1_000 ? 3 : 4;
    const view = this.#view;
    view.setInt32(this.at, FOUR_DIGITS[first]! >>> (32 - 8 * size), true);
    this.at += size;
    if (upper === 0) return;
    view.setInt32(this.at, FOUR_DIGITS[value - upper * TEN_THOUSAND]!, true);
    this.at += 4;
  }

  #ascii(text: string): void {
    this.reserve(text.length);
    const { buffer } = this;
    let at = this.at;
    for (let i = 0; i < text.length; i++) buffer[at++] = text.charCodeAt(i);
    this.at = at;
  }

  /** A character beyond ASCII. Returns 1 if it took two units of the text. Room must be there. */
  #character(text: string, index: number): number {
    const { buffer } = this;
    let code = text.codePointAt(index) ?? 0xfffd;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x800) buffer[this.at++] = 0xc0 | (code >> 6);
    else {
      if (code < 0x1_0000) buffer[this.at++] = 0xe0 | (code >> 12);
      else {
        buffer[this.at++] = 0xf0 | (code >> 18);
        buffer[this.at++] = 0x80 | ((code >> 12) & 0x3f);
      }
      buffer[this.at++] = 0x80 | ((code >> 6) & 0x3f);
    }
    buffer[this.at++] = 0x80 | (code & 0x3f);
    return code >= 0x1_0000 ? 1 : 0;
  }
}

/** All but the last eight digits of a whole number from 0 to 2^53. */
function highDigits(value: number): number {
  const high = Math.floor(value / HUNDRED_MILLION);
  // The quotient may have been rounded up to a whole number.
  return (high * HUNDRED_MILLION > value ? high - 1 : high) | 0;
}
