// hot path: bench "decode"
import { parseKubeletTime, ZERO_TIME } from '../kubelet-time.ts';
import { MAX_NAME_LENGTH } from '../limits.ts';
import { BYTE } from './bytes.ts';
import { DOUBT, type Reading } from './reading.ts';

/** Characters of a time without fractions, and of its date with the `T`. */
const TIME_LENGTH = 20;
const DATE_LENGTH = 11;
/** Doubles of a day in `Reading.days`, and how many there are in all. */
const DAY_NUMBERS = 3;
export const DAYS_LENGTH: number = 32 * DAY_NUMBERS;

/** Moves past a text whose opening quote is behind. Doubts escapes and control characters. */
export function skipText({ bytes, end }: Reading, pos: number): number {
  for (let at = pos; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === BYTE.quote) return at + 1;
    if (byte < BYTE.space || byte === BYTE.backslash) return DOUBT;
  }
  return DOUBT;
}

/**
 * Reads a name whose opening quote is behind, as offset, length and hash into `into` from `slot` on.
 * Doubts what is not 1 to 256 ASCII characters without escapes.
 */
export function readName({ bytes, end }: Reading, pos: number, into: Int32Array, slot: number): number {
  let hash = 0;
  for (let at = pos; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === BYTE.quote) {
      const length = at - pos;
      if (length === 0 || length > MAX_NAME_LENGTH) return DOUBT;
      into[slot] = pos;
      into[slot + 1] = length;
      into[slot + 2] = hash;
      return at + 1;
    }
    if (byte < BYTE.space || byte === BYTE.backslash || byte >= 0x80) return DOUBT;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return DOUBT;
}

/** Two digits; something above 99 if they are none. */
function two(bytes: Uint8Array, at: number): number {
  const high = (bytes[at]! - BYTE.zero) >>> 0;
  const low = (bytes[at + 1]! - BYTE.zero) >>> 0;
  return high < 10 && low < 10 ? high * 10 + low : 100;
}

/** Where in `Reading.days` a date would be: by the last bits of its month and day, which change most. */
function dayAt(bytes: Uint8Array, at: number): number {
  return (((bytes[at + 6]! & 1) << 4) | ((bytes[at + 8]! & 1) << 3) | (bytes[at + 9]! & 7)) * DAY_NUMBERS;
}

/**
 * Reads a time whose opening quote is behind, in Unix milliseconds (`ZERO_TIME` for no time) into a slot.
 * Doubts what is no time, or later than `latest`. Days are remembered: two doubles for the first 11 bytes
 * (`2026-01-13T`), overlapping, and the day. Most times of a tick are of few days.
 */
export function readTime(reading: Reading, pos: number, into: Float64Array, slot: number): number {
  const { bytes, view, days, latest } = reading;
  if (pos + TIME_LENGTH >= reading.end) return DOUBT;
  const day = dayAt(bytes, pos);
  if (view.getFloat64(pos, true) === days[day] && view.getFloat64(pos + DATE_LENGTH - 8, true) === days[day + 1]) {
    const hour = two(bytes, pos + 11);
    const minute = two(bytes, pos + 14);
    const second = two(bytes, pos + 17);
    if (
      hour < 24 &&
      minute < 60 &&
      second <= 60 &&
      bytes[pos + 13] === BYTE.colon &&
      bytes[pos + 16] === BYTE.colon &&
      bytes[pos + 19] === BYTE.upperZ &&
      bytes[pos + TIME_LENGTH] === BYTE.quote
    ) {
      const time = days[day + 2]! + ((hour * 60 + minute) * 60 + second) * 1_000;
      into[slot] = time;
      return time <= latest ? pos + TIME_LENGTH + 1 : DOUBT;
    }
  }
  return readOtherTime(reading, pos, into, slot);
}

/** A time of a day that is not remembered, or of another form. */
function readOtherTime(reading: Reading, pos: number, into: Float64Array, slot: number): number {
  const { body, bytes, view, days, latest } = reading;
  const to = skipText(reading, pos);
  if (to === DOUBT) return DOUBT;
  const text = body.toString('latin1', pos, to - 1);
  const time = parseKubeletTime(text);
  if (time > ZERO_TIME && text.length === TIME_LENGTH) {
    const ofDay = (two(bytes, pos + 11) * 60 + two(bytes, pos + 14)) * 60 + two(bytes, pos + 17);
    const day = dayAt(bytes, pos);
    days[day] = view.getFloat64(pos, true);
    days[day + 1] = view.getFloat64(pos + DATE_LENGTH - 8, true);
    days[day + 2] = time - ofDay * 1_000;
  }
  into[slot] = time;
  return time <= latest ? to : DOUBT;
}
