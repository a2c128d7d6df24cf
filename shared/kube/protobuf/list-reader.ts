// hot path: bench "pods"
import { DecodeError } from '../../core/errors.ts';
import { keepShape } from '../../core/keep-shape.ts';
import type { PieceReader } from '../exchange.ts';
import { type ListPage, MAX_LIST_ITEMS } from '../list-all.ts';
import { EnvelopeReader } from './envelope-reader.ts';
import type { ObjectDecoder } from './object-decoder.ts';
import { fieldSet, WireCursor } from './wire-cursor.ts';

/** Reads one page of a list, piece by piece. */
export interface ListReader<T> extends PieceReader {
  /** The page, after the last piece. Throws `DecodeError` if what was written is none. */
  page(): ListPage<T>;
}

/**
 * Opens a page of a list in protobuf; an object of which `decode` makes nothing is left out.
 * Fields of every list: metadata = 1 (continue = 3), items = 2. Source: api core/v1 generated.proto.
 */
export function openList<T>(kind: 'NodeList' | 'PodList', decode: ObjectDecoder<T | undefined>): ListReader<T> {
  keepShape(EnvelopeReader, () => new EnvelopeReader(kind, () => undefined));
  keepShape(WireCursor, () => new WireCursor(Buffer.alloc(0)));
  const items: T[] = [];
  let token = '';
  let objects = 0;
  let problem: unknown;
  const envelope = new EnvelopeReader(kind, (field, cursor, end) => {
    if (field === 2) {
      if (objects++ === MAX_LIST_ITEMS) throw new DecodeError(`a page of more than ${MAX_LIST_ITEMS} objects`, CODE);
      const object = decode(cursor, cursor.block(end));
      if (object !== undefined) items.push(object);
    } else if (field === 1) token = tokenIn(cursor, cursor.block(end));
    else cursor.skip(end);
  });
  return {
    write(piece) {
      if (problem !== undefined) return;
      try {
        envelope.write(piece);
      } catch (error) {
        problem = error;
      }
    },
    page() {
      if (problem !== undefined) throw problem;
      envelope.end();
      return { items, continue: token };
    },
  };
}

const CONTINUE = fieldSet(3);
const CODE = { code: 'protobuf_invalid' } as const;

function tokenIn(cursor: WireCursor, end: number): string {
  let token = '';
  while (cursor.next(end, CONTINUE) !== 0) token = cursor.text(end);
  return token;
}
