// hot path: bench "decode"
import type { UnixMillis } from '../../../core/units.ts';
import { BYTE } from './bytes.ts';
import type { Place } from './layout.ts';
import type { Stage } from './stage.ts';
import type { Ways } from './ways.ts';

/** Result of what reads or skips something: no position, because it is not there or not as usual. */
export const DOUBT = -1;

/**
 * The document that is being read, and what is known of documents. Positions are not in it: what reads takes the position
 * where it begins and returns the one behind what it read, or `DOUBT`.
 */
export interface Reading {
  body: Buffer;
  /** The same bytes. */
  bytes: Uint8Array;
  view: DataView;
  /** Behind the last brace, which is the document's last byte but white space. */
  end: number;
  /** Times after this are no sample times. */
  latest: UnixMillis;
  /** Most rows of an entity: each takes hundreds of bytes, and a document of `{}` alone would have millions. */
  mostRows: number;
  /** By `STAGES`. */
  readonly stages: readonly Stage[];
  readonly places: readonly Place[];
  readonly ways: Ways;
  /** Days that were read before, see `readTime`. */
  readonly days: Float64Array;
}

/** The position of the next byte that is no white space; `end` if there is none. */
export function skipSpace({ bytes, end }: Reading, pos: number): number {
  let at = pos;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte !== BYTE.space && byte !== BYTE.newline && byte !== BYTE.return && byte !== BYTE.tab) break;
    at++;
  }
  return at;
}
