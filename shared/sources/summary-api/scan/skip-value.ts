// hot path: bench "decode"
import { MAX_DEPTH } from '../limits.ts';
import { BYTE } from './bytes.ts';
import { skipNumber } from './read-number.ts';
import { skipText } from './read-text.ts';
import { DOUBT, type Reading, skipSpace } from './reading.ts';

const TRUE = Buffer.from('true', 'latin1');
const FALSE = Buffer.from('false', 'latin1');
const NULL = Buffer.from('null', 'latin1');

function skipLiteral({ bytes, end }: Reading, pos: number, literal: Uint8Array): number {
  const to = pos + literal.length;
  if (to > end) return DOUBT;
  for (let i = 0; i < literal.length; i++) if (bytes[pos + i] !== literal[i]) return DOUBT;
  return to;
}

/** Moves past `null`. */
export function skipNull(reading: Reading, pos: number): number {
  return skipLiteral(reading, pos, NULL);
}

/** Moves past `"key":` and the space before it. */
function skipKey(reading: Reading, pos: number): number {
  const quote = skipSpace(reading, pos);
  if (reading.bytes[quote] !== BYTE.quote) return DOUBT;
  const to = skipText(reading, quote + 1);
  if (to === DOUBT) return DOUBT;
  const colon = skipSpace(reading, to);
  return reading.bytes[colon] === BYTE.colon ? colon + 1 : DOUBT;
}

/** Moves past what is in an object or a list, whose opening bracket is behind, and its closing one. */
function skipMembers(reading: Reading, pos: number, depth: number, close: number): number {
  const { bytes, end } = reading;
  let at = skipSpace(reading, pos);
  if (bytes[at] === close) return at + 1;
  while (at < end) {
    if (close === BYTE.close) {
      at = skipKey(reading, at);
      if (at === DOUBT) return DOUBT;
    }
    at = skipDeeper(reading, skipSpace(reading, at), depth);
    if (at === DOUBT) return DOUBT;
    at = skipSpace(reading, at);
    const byte = bytes[at];
    at++;
    if (byte === close) return at;
    if (byte !== BYTE.comma) return DOUBT;
  }
  return DOUBT;
}

function skipDeeper(reading: Reading, pos: number, depth: number): number {
  if (depth > MAX_DEPTH) return DOUBT;
  switch (reading.bytes[pos]) {
    case BYTE.quote:
      return skipText(reading, pos + 1);
    case BYTE.open:
      return skipMembers(reading, pos + 1, depth + 1, BYTE.close);
    case BYTE.openList:
      return skipMembers(reading, pos + 1, depth + 1, BYTE.closeList);
    case BYTE.lowerT:
      return skipLiteral(reading, pos, TRUE);
    case BYTE.lowerF:
      return skipLiteral(reading, pos, FALSE);
    case BYTE.lowerN:
      return skipNull(reading, pos);
    default:
      return skipNumber(reading, pos);
  }
}

/** Moves past any value, as strictly as `JSON.parse`. Doubts escapes, and what nests too deep. */
export function skipValue(reading: Reading, pos: number): number {
  return skipDeeper(reading, pos, 0);
}
