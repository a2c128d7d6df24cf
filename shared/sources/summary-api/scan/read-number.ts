// hot path: bench "decode"
import { MAX_VALUE } from '../limits.ts';
import { BYTE } from './bytes.ts';
import { DOUBT, type Reading } from './reading.ts';

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.of(1, 10, 100, 1_000, 10_000);
/** Below this every whole number is a double. */
const EXACT = 2 ** 53;
/** Digits that make a whole number below 2^53 for sure; with one more it depends. */
const SAFE_DIGITS = 15;
/** A number begins at least so many bytes before the end of a document, or it is read as an unusual one. */
const MARGIN = 32;
/** Four times `0`. */
const ZEROS = 0x30303030;

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

/** Moves past a number of any form. */
export function skipNumber({ body, bytes, end }: Reading, pos: number): number {
  let at = pos;
  while (at < end && isDigit(bytes[at]!)) at++;
  // Digits alone, as most numbers are.
  const isPlain = at > pos && (bytes[pos] !== BYTE.zero || at === pos + 1);
  if (isPlain && !(at < end && isNumberByte(bytes[at]!))) return at;
  while (at < end && isNumberByte(bytes[at]!)) at++;
  return NUMBER.test(body.toString('latin1', pos, at)) ? at : DOUBT;
}

/** The rare forms: signs, exponents, many digits. */
function readUnusual(reading: Reading, pos: number, into: Float64Array, slot: number, whole: boolean): number {
  const to = skipNumber(reading, pos);
  if (to === DOUBT) return DOUBT;
  const value = Number(reading.body.toString('latin1', pos, to));
  if (!(value >= 0 && value <= MAX_VALUE) || (whole && Math.floor(value) !== value)) return DOUBT;
  into[slot] = value + 0;
  return to;
}

/*
 * Four characters at a time, the first in the lowest byte. Digits are 0 to 9 after the exclusive or with ZEROS, anything
 * else is more, and is marked by `othersIn`: right up to the lowest mark, which is all that is asked for.
 */
function othersIn(four: number): number {
  return ((four + 0x06060606) | four) & 0xf0f0f0f0;
}

/** How many digits come before the lowest mark. */
function countDigits(others: number): number {
  return (31 - Math.clz32(others & -others)) >> 3;
}

/** The number that four digits make. */
function numberOf(four: number): number {
  const pairs = (Math.imul(four, 10) + (four >>> 8)) & 0x00ff00ff;
  return Math.imul(pairs & 0xff, 100) + (pairs >>> 16);
}

/**
 * Reads a number from 0 to 2^63, exactly as `JSON.parse` does and a whole one if so asked, into a slot: of two values of one
 * key the last one stays, as there. Doubts anything else. Whole numbers below 2^53 are made from digits; so are fractions of at
 * most 15 digits, because a quotient of two numbers that doubles hold exactly is rounded once, as the text itself would
 * be. An exponent that follows is no comma: the next reader doubts it.
 */
export function readNumber(reading: Reading, pos: number, into: Float64Array, slot: number, whole: boolean): number {
  const { view } = reading;
  if (pos + MARGIN > reading.end) return readUnusual(reading, pos, into, slot, whole);
  let at = pos;
  let total = 0;
  let four = view.getInt32(at, true) ^ ZEROS;
  let others = othersIn(four);
  while (others === 0 && at - pos < SAFE_DIGITS) {
    total = total * 10_000 + numberOf(four);
    at += 4;
    four = view.getInt32(at, true) ^ ZEROS;
    others = othersIn(four);
  }
  const rest = countDigits(others);
  if (rest > 0) {
    total = total * POWERS[rest]! + numberOf(four << (32 - 8 * rest));
    at += rest;
  }
  const length = at - pos;
  const first = view.getUint8(pos);
  if (length === 0 || (length > 1 && first === BYTE.zero) || total >= EXACT)
    return readUnusual(reading, pos, into, slot, whole);
  if (view.getUint8(at) === BYTE.dot) {
    four = view.getInt32(at + 1, true) ^ ZEROS;
    others = othersIn(four);
    const places = countDigits(others);
    if (whole || others === 0 || places === 0 || length + places > SAFE_DIGITS)
      return readUnusual(reading, pos, into, slot, whole);
    total = (total * POWERS[places]! + numberOf(four << (32 - 8 * places))) / POWERS[places]!;
    at += places + 1;
  }
  into[slot] = total;
  return at;
}
