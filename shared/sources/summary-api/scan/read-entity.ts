// hot path: bench "decode"
import { BYTE } from './bytes.ts';
import { findWay } from './find-way.ts';
import { type Entity, KINDS } from './layout.ts';
import { readNumber } from './read-number.ts';
import { readName, readTime } from './read-text.ts';
import { DOUBT, type Reading, skipSpace } from './reading.ts';
import { skipNull, skipValue } from './skip-value.ts';
import { NAME_NUMBERS } from './stage.ts';
import { EDGE } from './ways.ts';

/** A list of entities, or null. */
function readList(reading: Reading, pos: number, child: Entity | undefined, parent: number): number {
  const { bytes } = reading;
  if (bytes[pos] !== BYTE.openList) return skipNull(reading, pos);
  let at = skipSpace(reading, pos + 1);
  if (bytes[at] === BYTE.closeList) return at + 1;
  if (child === undefined) return DOUBT;
  for (;;) {
    if (bytes[at] !== BYTE.open) return DOUBT;
    at = readEntity(reading, at + 1, child, parent);
    if (at === DOUBT) return DOUBT;
    at = skipSpace(reading, at);
    if (bytes[at] === BYTE.closeList) return at + 1;
    if (bytes[at] !== BYTE.comma) return DOUBT;
    at = skipSpace(reading, at + 1);
  }
}

/** A name that may be empty, which is as if it were not there. */
function readOptionalName(reading: Reading, pos: number, into: Int32Array, slot: number): number {
  if (reading.bytes[pos] !== BYTE.quote) return readName(reading, pos, into, slot);
  into[slot + 1] = 0;
  return pos + 1;
}

/** A child or a list. */
function readBelow(reading: Reading, pos: number, place: number, row: number): number {
  const { kind, child } = reading.places[place]!;
  if (kind !== KINDS.child) return readList(reading, pos, child, row);
  return reading.bytes[pos] === BYTE.open && child !== undefined ? readEntity(reading, pos + 1, child, row) : DOUBT;
}

/**
 * Reads an object, whose opening brace is behind, into a new row of its stage, and the entities below it into theirs. Doubts what is
 * no JSON, and anything that the other decoder has to judge: an unusual value, a block or a list that comes twice.
 */
export function readEntity(reading: Reading, pos: number, entity: Entity, parent: number): number {
  const stage = reading.stages[entity.stage]!;
  if (stage.rows >= reading.mostRows) return DOUBT;
  const row = stage.addRow(parent);
  const { values, names, capacity } = stage;
  const nameBase = row * stage.nameWidth;
  const { ways } = reading;
  const { edges, first } = ways;
  let at = pos;
  let seen = 0;
  let place = entity.start;
  for (;;) {
    let edge = ways.find(reading, at, first[place]!);
    if (edge < 0) {
      edge = findWay(reading, at, place, entity);
      if (edge === DOUBT) return DOUBT;
    }
    at += edges[edge + EDGE.length]!;
    const opens = edges[edge + EDGE.opens]!;
    if ((seen & opens) !== 0) return DOUBT;
    seen |= opens;
    place = edges[edge + EDGE.target]!;
    const slot = edges[edge + EDGE.slot]!;
    switch (edges[edge + EDGE.kind]) {
      case KINDS.count:
        at = readNumber(reading, at, values, slot * capacity + row, true);
        break;
      case KINDS.amount:
        at = readNumber(reading, at, values, slot * capacity + row, false);
        break;
      case KINDS.time:
        at = readTime(reading, at, values, slot * capacity + row);
        break;
      case KINDS.skip:
        at = skipValue(reading, at);
        break;
      case KINDS.name:
        at = readName(reading, at, names, nameBase + slot * NAME_NUMBERS);
        break;
      case KINDS.optionalName:
        at = readOptionalName(reading, at, names, nameBase + slot * NAME_NUMBERS);
        break;
      case KINDS.end:
        stage.blocks[row] = seen;
        return at;
      default:
        at = readBelow(reading, at, place, row);
    }
    if (at === DOUBT) return DOUBT;
  }
}
