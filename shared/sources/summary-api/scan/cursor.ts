// hot path: bench "decode"
import type { UnixMillis } from '../../../core/units.ts';
import type { Stage } from './stage.ts';

/** Where in a document the scanner is. The last byte before `end` is a brace, so that no loop over digits runs past it. */
export interface Cursor {
  body: Buffer;
  bytes: Uint8Array;
  view: DataView;
  pos: number;
  end: number;
  /** Times after this are no sample times. */
  latest: UnixMillis;
  /** By `STAGES`. */
  readonly stages: readonly Stage[];
  /** Two doubles: the first 11 bytes (`2026-01-13T`) of the time that was read last, overlapping; and that day in Unix ms. */
  readonly day: Float64Array;
}

export const BYTE = {
  space: 0x20,
  newline: 0x0a,
  tab: 0x09,
  return: 0x0d,
  quote: 0x22,
  plus: 0x2b,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  zero: 0x30,
  colon: 0x3a,
  upperE: 0x45,
  upperT: 0x54,
  upperZ: 0x5a,
  openList: 0x5b,
  backslash: 0x5c,
  closeList: 0x5d,
  lowerE: 0x65,
  lowerF: 0x66,
  lowerN: 0x6e,
  lowerT: 0x74,
  open: 0x7b,
  close: 0x7d,
} as const;

const NOTHING = Buffer.alloc(0);

export function createCursor(stages: readonly Stage[]): Cursor {
  const cursor = {
    body: NOTHING,
    bytes: NOTHING as Uint8Array,
    view: new DataView(NOTHING.buffer),
    pos: 0,
    end: 0,
    latest: 0,
    stages,
    day: new Float64Array(3),
  };
  return cursor;
}

/** Moves on to the next byte that is no white space and returns it; 0 at the end. */
export function skipSpace(cursor: Cursor): number {
  const { bytes, end } = cursor;
  let at = cursor.pos;
  let byte = at < end ? bytes[at]! : 0;
  while (byte === BYTE.space || byte === BYTE.newline || byte === BYTE.return || byte === BYTE.tab) {
    at++;
    byte = at < end ? bytes[at]! : 0;
  }
  cursor.pos = at;
  return byte;
}
