// hot path: bench "decode"
import { BYTE, type Cursor, skipSpace } from './cursor.ts';
import { type Block, type Edge, type Entity, type Field, KINDS, type Place } from './layout.ts';
import { skipText } from './scan-text.ts';

/** Longest run of bytes that is remembered, and how many of them at one place. */
const MAX_EDGE_BYTES = 256;
const MAX_EDGES = 4;
const WORD = 8;
const NO_WORDS = new Float64Array(0);

function findField(block: Block, bytes: Uint8Array, from: number, to: number): Field | undefined {
  const length = to - from;
  search: for (const field of block.fields) {
    const { key } = field;
    if (key.length !== length) continue;
    for (let i = 0; i < length; i++) if (key[i] !== bytes[from + i]) continue search;
    return field;
  }
  return undefined;
}

/** An edge of the bytes from `from` to where the cursor is; `place` keeps it if it can be compared. */
function learn(cursor: Cursor, from: number, place: Place, way: Pick<Edge, 'opens' | 'target'>): Edge {
  const { view, pos } = cursor;
  const length = pos - from;
  const { opens, target } = way;
  if (length < WORD || length > MAX_EDGE_BYTES) return { words: NO_WORDS, length, opens, target, other: undefined };
  const words = new Float64Array(Math.ceil(length / WORD));
  for (let i = 0; i < words.length - 1; i++) words[i] = view.getFloat64(from + i * WORD, true);
  words[words.length - 1] = view.getFloat64(pos - WORD, true);
  const edge: Edge = { words, length, opens, target, other: place.edge };
  place.edge = edge;
  let last: Edge | undefined = edge;
  for (let i = 1; i < MAX_EDGES && last !== undefined; i++) last = last.other;
  if (last !== undefined) last.other = undefined;
  return edge;
}

/**
 * Reads whatever stands between a place and the next value of the entity, or the entity's end: commas, braces, keys. Leaves the
 * cursor at the value (behind the opening quote of a text). Undefined if it is no JSON, or something that this scanner leaves
 * to the other decoder: an escape in a key, something else where an object or a text belongs.
 */
export function findWay(cursor: Cursor, place: Place, entity: Entity): Edge | undefined {
  const { bytes, pos: from } = cursor;
  let block = place.block;
  let opens = 0;
  let isFirst = place === entity.start;
  for (;;) {
    let byte = skipSpace(cursor);
    if (byte === BYTE.close) {
      cursor.pos++;
      if (block.parent === undefined) return learn(cursor, from, place, { opens, target: entity.end });
      block = block.parent;
      isFirst = false;
      continue;
    }
    if (!isFirst) {
      if (byte !== BYTE.comma) return undefined;
      cursor.pos++;
      byte = skipSpace(cursor);
    }
    if (byte !== BYTE.quote) return undefined;
    const key = ++cursor.pos;
    if (!skipText(cursor)) return undefined;
    const field = findField(block, bytes, key, cursor.pos - 1);
    if (skipSpace(cursor) !== BYTE.colon) return undefined;
    cursor.pos++;
    byte = skipSpace(cursor);
    const inner = field?.block;
    if (inner === undefined) {
      const target = field?.place ?? block.unknown;
      if (target.kind === KINDS.time || target.kind === KINDS.name) {
        if (byte !== BYTE.quote) return undefined;
        cursor.pos++;
      }
      return learn(cursor, from, place, { opens: opens | target.bit, target });
    }
    if (byte !== BYTE.open || (opens & inner.bit) !== 0) return undefined;
    cursor.pos++;
    opens |= inner.bit;
    block = inner;
    isFirst = true;
  }
}
