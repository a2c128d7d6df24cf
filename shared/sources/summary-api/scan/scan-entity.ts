// hot path: bench "decode"
import { BYTE, type Cursor, skipSpace } from './cursor.ts';
import { findWay } from './find-way.ts';
import { type Edge, type Entity, KINDS, type Place } from './layout.ts';
import { scanNumber } from './scan-number.ts';
import { scanName, scanTime } from './scan-text.ts';
import { skipNull, skipValue } from './skip-value.ts';
import { NAME_NUMBERS } from './stage.ts';

/** The edge whose bytes stand at the cursor. */
function knownWay(cursor: Cursor, place: Place): Edge | undefined {
  const { view, pos, end } = cursor;
  for (let edge = place.edge; edge !== undefined; edge = edge.other) {
    const { words, length } = edge;
    if (pos + length > end) continue;
    const last = words.length - 1;
    if (view.getFloat64(pos + length - 8, true) !== words[last]) continue;
    let i = 0;
    while (i < last && view.getFloat64(pos + i * 8, true) === words[i]) i++;
    if (i === last) return edge;
  }
  return undefined;
}

/** A list of entities, or null. */
function scanList(cursor: Cursor, child: Entity | undefined, parent: number): boolean {
  const { bytes } = cursor;
  if (bytes[cursor.pos] !== BYTE.openList) return skipNull(cursor);
  cursor.pos++;
  let byte = skipSpace(cursor);
  if (byte === BYTE.closeList) {
    cursor.pos++;
    return true;
  }
  if (child === undefined) return false;
  for (;;) {
    if (byte !== BYTE.open) return false;
    cursor.pos++;
    if (!scanEntity(cursor, child, parent)) return false;
    byte = skipSpace(cursor);
    cursor.pos++;
    if (byte === BYTE.closeList) return true;
    if (byte !== BYTE.comma) return false;
    byte = skipSpace(cursor);
  }
}

/**
 * Reads an object, whose opening brace is behind, into a new row of its stage, and the entities below it into theirs. False if
 * it is no JSON, or holds anything that the other decoder has to judge: what is no usual value, a key that comes twice.
 */
export function scanEntity(cursor: Cursor, entity: Entity, parent: number): boolean {
  const stage = cursor.stages[entity.stage]!;
  const row = stage.addRow(parent);
  const { values, names } = stage;
  const base = row * stage.width;
  const nameBase = row * stage.nameWidth;
  let seen = 0;
  let place = entity.start;
  for (;;) {
    let edge = knownWay(cursor, place);
    if (edge !== undefined) cursor.pos += edge.length;
    else {
      edge = findWay(cursor, place, entity);
      if (edge === undefined) return false;
    }
    if ((seen & edge.opens) !== 0) return false;
    seen |= edge.opens;
    place = edge.target;
    switch (place.kind) {
      case KINDS.count:
      case KINDS.amount:
      case KINDS.time: {
        const { kind } = place;
        const at = base + place.slot;
        const value = kind === KINDS.time ? scanTime(cursor) : scanNumber(cursor, kind === KINDS.count);
        const before = values[at]!;
        // A doubt, or a second value of one key.
        if (Number.isNaN(value) || !Number.isNaN(before)) return false;
        values[at] = value;
        break;
      }
      case KINDS.skip:
        if (!skipValue(cursor)) return false;
        break;
      case KINDS.name: {
        const at = nameBase + place.slot * NAME_NUMBERS;
        if (names[at + 1] !== 0 || !scanName(cursor, names, at)) return false;
        break;
      }
      case KINDS.list:
      case KINDS.nothing:
        if (!scanList(cursor, place.child, row)) return false;
        break;
      case KINDS.child:
        if (cursor.bytes[cursor.pos] !== BYTE.open || place.child === undefined) return false;
        cursor.pos++;
        if (!scanEntity(cursor, place.child, row)) return false;
        break;
      default:
        stage.blocks[row] = seen;
        return true;
    }
  }
}
