// hot path: bench "decode"
import { MAX_DEPTH } from '../limits.ts';
import { BYTE, type Cursor, skipSpace } from './cursor.ts';
import { skipNumber } from './scan-number.ts';
import { skipText } from './scan-text.ts';

const TRUE = Buffer.from('true', 'latin1');
const FALSE = Buffer.from('false', 'latin1');
const NULL = Buffer.from('null', 'latin1');

function skipLiteral(cursor: Cursor, literal: Uint8Array): boolean {
  const { bytes, pos, end } = cursor;
  if (pos + literal.length > end) return false;
  for (let i = 0; i < literal.length; i++) if (bytes[pos + i] !== literal[i]) return false;
  cursor.pos = pos + literal.length;
  return true;
}

/** Moves past `null`. False if it is not there. */
export function skipNull(cursor: Cursor): boolean {
  return skipLiteral(cursor, NULL);
}

/** Moves past `"key":` and the space around it. False if it is not there. */
function skipKey(cursor: Cursor): boolean {
  if (skipSpace(cursor) !== BYTE.quote) return false;
  cursor.pos++;
  if (!skipText(cursor) || skipSpace(cursor) !== BYTE.colon) return false;
  cursor.pos++;
  return true;
}

function skipMembers(cursor: Cursor, depth: number, close: number): boolean {
  cursor.pos++;
  if (skipSpace(cursor) === close) {
    cursor.pos++;
    return true;
  }
  for (;;) {
    if (close === BYTE.close && !skipKey(cursor)) return false;
    if (!skipDeeper(cursor, depth)) return false;
    const byte = skipSpace(cursor);
    cursor.pos++;
    if (byte === close) return true;
    if (byte !== BYTE.comma) return false;
  }
}

function skipDeeper(cursor: Cursor, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  const byte = skipSpace(cursor);
  switch (byte) {
    case BYTE.quote:
      cursor.pos++;
      return skipText(cursor);
    case BYTE.open:
      return skipMembers(cursor, depth + 1, BYTE.close);
    case BYTE.openList:
      return skipMembers(cursor, depth + 1, BYTE.closeList);
    case BYTE.lowerT:
      return skipLiteral(cursor, TRUE);
    case BYTE.lowerF:
      return skipLiteral(cursor, FALSE);
    case BYTE.lowerN:
      return skipNull(cursor);
    default:
      return skipNumber(cursor);
  }
}

/** Moves past any value, as strictly as `JSON.parse`. False if it is none, has escapes, or nests too deep. */
export function skipValue(cursor: Cursor): boolean {
  return skipDeeper(cursor, 0);
}
