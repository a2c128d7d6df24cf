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
/** Whole numbers below this have exact 32-bit arithmetic. */
const BILLION = 1e9;

/**
 * Bytes that grow: text, constants and numbers are written without making strings. Callers reserve room once for many
 * writes (`reserve`), then write; only `text` reserves for itself.
 */
export class ByteWriter {
  buffer: Buffer;
  /** Bytes written. */
  at = 0;

  #view: DataView;

  constructor(capacity: number = SMALLEST) {
    this.buffer = Buffer.allocUnsafeSlow(Math.max(SMALLEST, capacity));
    this.#view = new DataView(this.buffer.buffer);
  }

  /** Makes room for `bytes` more. */
  reserve(bytes: number): void {
    const needed = this.at + bytes + SLACK;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.buffer.length));
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
    const view = this.#view;
    let at = this.at;
    for (const word of source.words) {
      view.setInt32(at, word, true);
      at += 4;
    }
    this.at += source.length;
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

  /** A whole number in full. Room for `LONGEST_NUMBER` must be there (beyond 2^53 it is made). */
  whole(value: number): void {
    if (value < 0) {
      this.buffer[this.at++] = MINUS;
      value = -value;
    }
    if (value < BILLION) this.#digits(value);
    else if (value <= Number.MAX_SAFE_INTEGER) {
      const high = Math.floor(value / BILLION);
      this.#digits(high);
      this.#nineDigits(value - high * BILLION);
    } else this.#ascii(BigInt(value).toString());
  }

  /** The shortest text that reads back as this finite double (`5`, `0.25`, `1e+21`). Room for `LONGEST_NUMBER` must be there. */
  double(value: number): void {
    const size = value < 0 ? -value : value;
    if (Number.isInteger(value) && size <= Number.MAX_SAFE_INTEGER) {
      if (value === 0) this.buffer[this.at++] = ZERO;
      else this.whole(value);
      return;
    }
    // Few decimals: if the nearest double of n ÷ 1000 is the value, its text is that of n with a point.
    const thousands = Math.round(size * 1_000);
    if (thousands < BILLION && thousands / 1_000 === size && thousands > 0) this.#thousandths(value < 0, thousands);
    else this.#ascii(String(value));
  }

  /** What was written from `from` on, as a view that the next growth leaves behind. */
  view(from = 0): Uint8Array {
    return this.buffer.subarray(from, this.at);
  }

  #thousandths(negative: boolean, thousands: number): void {
    if (negative) this.buffer[this.at++] = MINUS;
    const whole = Math.floor(thousands / 1_000);
    let rest = thousands - whole * 1_000;
    this.#digits(whole);
    this.buffer[this.at++] = DOT;
    for (let unit = 100; rest > 0; unit /= 10) {
      const digit = Math.floor(rest / unit);
      this.buffer[this.at++] = ZERO + digit;
      rest -= digit * unit;
    }
  }

  /** A whole number from 0 to below a billion. */
  #digits(value: number): void {
    const { buffer } = this;
    let size = 1;
    for (let limit = 10; value >= limit; limit *= 10) size++;
    const end = this.at + size;
    let rest = value | 0;
    for (let at = end - 1; at >= this.at; at--) {
      const tens = (rest / 10) | 0;
      buffer[at] = ZERO + rest - tens * 10;
      rest = tens;
    }
    this.at = end;
  }

  #nineDigits(value: number): void {
    const { buffer } = this;
    let rest = value | 0;
    for (let at = this.at + 8; at >= this.at; at--) {
      const tens = (rest / 10) | 0;
      buffer[at] = ZERO + rest - tens * 10;
      rest = tens;
    }
    this.at += 9;
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
