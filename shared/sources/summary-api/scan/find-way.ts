// hot path: bench "decode"
import { BYTE } from './bytes.ts';
import { type Block, type Entity, type Field, KINDS } from './layout.ts';
import { skipText } from './read-text.ts';
import { DOUBT, type Reading, skipSpace } from './reading.ts';

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

/**
 * Reads whatever stands between a place and the next value of the entity, or the entity's end: commas, braces, keys. Returns the
 * edge over these bytes, up to the value (behind the opening quote of a text), and has learned it. Doubts what is no JSON,
 * an escape in a key, and something else where an object or a text belongs.
 */
export function findWay(reading: Reading, from: number, place: number, entity: Entity): number {
  const { bytes, places, ways } = reading;
  let block = places[place]!.block;
  let opens = 0;
  let isFirst = place === entity.start;
  let at = from;
  for (;;) {
    at = skipSpace(reading, at);
    if (bytes[at] === BYTE.close) {
      at++;
      if (block.parent === undefined)
        return ways.learn(reading, place, { from, to: at, opens, target: places[entity.end]! });
      block = block.parent;
      isFirst = false;
      continue;
    }
    if (!isFirst) {
      if (bytes[at] !== BYTE.comma) return DOUBT;
      at = skipSpace(reading, at + 1);
    }
    if (bytes[at] !== BYTE.quote) return DOUBT;
    const key = at + 1;
    at = skipText(reading, key);
    if (at === DOUBT) return DOUBT;
    const field = findField(block, bytes, key, at - 1);
    at = skipSpace(reading, at);
    if (bytes[at] !== BYTE.colon) return DOUBT;
    at = skipSpace(reading, at + 1);
    const inner = field?.block;
    if (inner === undefined) {
      const target = places[field?.place?.index ?? block.unknown]!;
      if (target.kind === KINDS.time || target.kind === KINDS.name || target.kind === KINDS.optionalName) {
        if (bytes[at] !== BYTE.quote) return DOUBT;
        at++;
      }
      return ways.learn(reading, place, { from, to: at, opens: opens | target.bit, target });
    }
    if (bytes[at] !== BYTE.open || (opens & inner.bit) !== 0) return DOUBT;
    at++;
    opens |= inner.bit;
    block = inner;
    isFirst = true;
  }
}
