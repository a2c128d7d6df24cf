// hot path: bench "decode"
import { MAX_VALUE } from '../limits.ts';
import { BYTE, type Cursor } from './cursor.ts';

/** Powers of ten that a double holds exactly, as far as 16 digits need them. */
const POWERS = Float64Array.from({ length: 17 }, (_, exponent) => 10 ** exponent);
/** Digits that fit a 32-bit integer. */
const SHORT = 9;
/** Below this every whole number is a double. */
const EXACT = 2 ** 53;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function isDigit(byte: number): boolean {
  return byte >= BYTE.zero && byte <= BYTE.zero + 9;
}

function isNumberByte(byte: number): boolean {
  return (
    isDigit(byte) ||
    byte === BYTE.dot ||
    byte === BYTE.minus ||
    byte === BYTE.plus ||
    byte === BYTE.lowerE ||
    byte === BYTE.upperE
  );
}

/** Moves past a number of any form and returns its text; undefined if it is none. */
function numberText(cursor: Cursor): string | undefined {
  const from = cursor.pos;
  let at = from;
  while (isNumberByte(cursor.bytes[at]!)) at++;
  const text = cursor.body.toString('latin1', from, at);
  if (!NUMBER.test(text)) return undefined;
  cursor.pos = at;
  return text;
}

/** The rare forms: signs, exponents, more than 16 digits. */
function scanUnusual(cursor: Cursor, whole: boolean): number {
  const text = numberText(cursor);
  const value = text === undefined ? Number.NaN : Number(text);
  if (!(value >= 0 && value <= MAX_VALUE) || (whole && Math.floor(value) !== value)) return Number.NaN;
  return value + 0;
}

/**
 * A number from 0 to 2^63, exactly as `JSON.parse` reads it; a whole one if so asked. NaN if it is anything else. Whole
 * numbers below 2^53 are made from digits; so are fractions of at most 15 digits, because a quotient of two numbers that
 * doubles hold exactly is rounded once, as the text itself would be.
 */
export function scanNumber(cursor: Cursor, whole: boolean): number {
  const { bytes } = cursor;
  const from = cursor.pos;
  let at = from;
  let value = 0;
  let digit = bytes[at]! - BYTE.zero;
  for (let stop = at + SHORT; digit >>> 0 < 10 && at < stop; digit = bytes[++at]! - BYTE.zero) {
    value = (Math.imul(value, 10) + digit) | 0;
  }
  let total = value;
  if (digit >>> 0 < 10) {
    const split = at;
    let low = 0;
    for (let stop = at + SHORT; digit >>> 0 < 10 && at < stop; digit = bytes[++at]! - BYTE.zero) {
      low = (Math.imul(low, 10) + digit) | 0;
    }
    if (at - from > 16) return scanUnusual(cursor, whole);
    total = value * POWERS[at - split]! + low;
    if (total >= EXACT) return scanUnusual(cursor, whole);
  }
  const length = at - from;
  if (length === 0 || (length > 1 && bytes[from] === BYTE.zero)) return scanUnusual(cursor, whole);
  if (digit === BYTE.dot - BYTE.zero) {
    const point = at;
    let low = 0;
    digit = bytes[++at]! - BYTE.zero;
    for (let stop = at + SHORT; digit >>> 0 < 10 && at < stop; digit = bytes[++at]! - BYTE.zero) {
      low = (Math.imul(low, 10) + digit) | 0;
    }
    const places = at - point - 1;
    if (whole || places === 0 || length + places > 15) return scanUnusual(cursor, whole);
    total = (total * POWERS[places]! + low) / POWERS[places]!;
  }
  // Another digit, an exponent: letters are far above the digits, the rest of what may follow is far below.
  if (digit >>> 0 < 10 || (digit | 0x20) === BYTE.lowerE - BYTE.zero) return scanUnusual(cursor, whole);
  cursor.pos = at;
  return total;
}

/** Moves past a number. False if it is none. */
export function skipNumber(cursor: Cursor): boolean {
  return numberText(cursor) !== undefined;
}
