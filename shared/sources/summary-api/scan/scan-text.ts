// hot path: bench "decode"
import { parseKubeletTime, ZERO_TIME } from '../kubelet-time.ts';
import { MAX_NAME_LENGTH } from '../limits.ts';
import { BYTE, type Cursor } from './cursor.ts';

/** Characters of a time without fractions, and of its date with the `T`. */
const TIME_LENGTH = 20;
const DATE_LENGTH = 11;
/** Where in `Cursor.day` the day itself is. */
const DAY = 2;

/** Moves past a text whose opening quote is behind. False if it ends nowhere, or has escapes or control characters. */
export function skipText(cursor: Cursor): boolean {
  const { bytes, end } = cursor;
  let at = cursor.pos;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === BYTE.quote) {
      cursor.pos = at + 1;
      return true;
    }
    if (byte < BYTE.space || byte === BYTE.backslash) return false;
    at++;
  }
  return false;
}

/**
 * A name whose opening quote is behind, as offset, length and hash in `into` from `slot` on. False if it is not 1 to 256
 * ASCII characters without escapes.
 */
export function scanName(cursor: Cursor, into: Int32Array, slot: number): boolean {
  const { bytes, end } = cursor;
  const from = cursor.pos;
  let at = from;
  let hash = 0;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === BYTE.quote) {
      const length = at - from;
      if (length === 0 || length > MAX_NAME_LENGTH) return false;
      into[slot] = from;
      into[slot + 1] = length;
      into[slot + 2] = hash;
      cursor.pos = at + 1;
      return true;
    }
    if (byte < BYTE.space || byte === BYTE.backslash || byte >= 0x80) return false;
    hash = (Math.imul(hash, 31) + byte) | 0;
    at++;
  }
  return false;
}

/** Two digits; something above 99 if they are none. */
function two(bytes: Uint8Array, at: number): number {
  const high = (bytes[at]! - BYTE.zero) >>> 0;
  const low = (bytes[at + 1]! - BYTE.zero) >>> 0;
  return high < 10 && low < 10 ? high * 10 + low : 100;
}

/**
 * A time whose opening quote is behind, in Unix milliseconds; `ZERO_TIME` for no time; NaN if it is none, or after `latest`.
 * The day of the last one is remembered: most times of a document, and of a tick, are of one day.
 */
export function scanTime(cursor: Cursor): number {
  const { bytes, view, day } = cursor;
  const at = cursor.pos;
  if (at + TIME_LENGTH >= cursor.end) return Number.NaN;
  if (view.getFloat64(at, true) === day[0] && view.getFloat64(at + DATE_LENGTH - 8, true) === day[1]) {
    const hour = two(bytes, at + 11);
    const minute = two(bytes, at + 14);
    const second = two(bytes, at + 17);
    if (
      hour < 24 &&
      minute < 60 &&
      second <= 60 &&
      bytes[at + 13] === BYTE.colon &&
      bytes[at + 16] === BYTE.colon &&
      bytes[at + 19] === BYTE.upperZ &&
      bytes[at + TIME_LENGTH] === BYTE.quote
    ) {
      const time = day[DAY]! + ((hour * 60 + minute) * 60 + second) * 1_000;
      cursor.pos = at + TIME_LENGTH + 1;
      return time <= cursor.latest ? time : Number.NaN;
    }
  }
  return scanOtherTime(cursor);
}

/** A time of another day or form. */
function scanOtherTime(cursor: Cursor): number {
  const at = cursor.pos;
  if (!skipText(cursor)) return Number.NaN;
  const text = cursor.body.toString('latin1', at, cursor.pos - 1);
  const time = parseKubeletTime(text);
  if (time > ZERO_TIME && text.length === TIME_LENGTH) {
    const { bytes, view, day } = cursor;
    const ofDay = (two(bytes, at + 11) * 60 + two(bytes, at + 14)) * 60 + two(bytes, at + 17);
    day[0] = view.getFloat64(at, true);
    day[1] = view.getFloat64(at + DATE_LENGTH - 8, true);
    day[DAY] = time - ofDay * 1_000;
  }
  return time <= cursor.latest ? time : Number.NaN;
}
