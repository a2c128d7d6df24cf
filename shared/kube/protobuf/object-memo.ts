// hot path: bench "pods"
import type { Clock } from '../../core/clock.ts';
import { MINUTE, type Millis, type UnixMillis } from '../../core/units.ts';
import { BytesMemo } from './bytes-memo.ts';
import type { ObjectDecoder } from './object-decoder.ts';
import { fieldSet, type WireCursor } from './wire-cursor.ts';

/** An object that was not listed for one to two of these is forgotten. */
const GENERATION: Millis = 5 * MINUTE;
/** Most that are kept in a generation: twice as many pods as a cluster may have by Kubernetes' own limits. */
const MOST_OBJECTS = 300_000;

const UID = fieldSet(5);
const UID_TAG = (5 << 3) | 2;
const VERSION_TAG = (6 << 3) | 2;
/** Two tags, two lengths, a uid. A shorter key is not one of an API server. */
const LEAST_KEY = 4 + 36;

/**
 * Decodes objects of one kind, each version of an object once. The API server gives an object another `resourceVersion` with every
 * change, so that the same uid and version are the same object. Both lie side by side in its bytes (ObjectMeta: uid 5,
 * resourceVersion 6); an object of which they do not is decoded each time.
 */
export function createObjectMemo<T>(decode: ObjectDecoder<T>, clock: Pick<Clock, 'now'>): ObjectDecoder<T> {
  let cursor: WireCursor | undefined;
  let end = 0;
  const decodeHere = (): T => {
    if (cursor === undefined) throw new RangeError('no object to decode');
    return decode(cursor, end);
  };
  let older = new BytesMemo(decodeHere, MOST_OBJECTS);
  let memo = older;
  let since: UnixMillis = clock.now();

  function rotate(): void {
    const now = clock.now();
    if (Math.abs(now - since) < GENERATION) return;
    since = now;
    older = memo;
    memo = new BytesMemo((bytes, from, to) => older.find(bytes, from, to) ?? decodeHere(), MOST_OBJECTS);
  }

  return (at, to) => {
    const start = at.at;
    const key = versionOf(at, to);
    at.at = start;
    if (key === undefined) return decode(at, to);
    rotate();
    cursor = at;
    end = to;
    try {
      return memo.of(at.bytes, key.from, key.to);
    } finally {
      cursor = undefined;
      at.at = to;
    }
  };
}

/** Where the uid and the version of an object's metadata lie, tags and all. */
function versionOf(cursor: WireCursor, end: number): { readonly from: number; readonly to: number } | undefined {
  if (cursor.field(end) !== 1) return undefined;
  const to = cursor.block(end);
  const { bytes } = cursor;
  if (cursor.next(to, UID) === 0) return undefined;
  const from = cursor.at - 1;
  if (bytes[from] !== UID_TAG) return undefined;
  cursor.skip(to);
  if (cursor.at >= to || bytes[cursor.at] !== VERSION_TAG) return undefined;
  cursor.field(to);
  cursor.skip(to);
  return cursor.at - from < LEAST_KEY ? undefined : { from, to: cursor.at };
}
