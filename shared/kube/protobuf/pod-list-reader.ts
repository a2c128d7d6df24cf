// hot path: bench "pods"
import { DecodeError } from '../../core/errors.ts';
import type { PieceReader } from '../exchange.ts';
import { type ListPage, MAX_LIST_ITEMS } from '../list-all.ts';
import { EnvelopeReader } from './envelope-reader.ts';
import type { PodDecoder } from './pod-decoder.ts';
import type { WireCursor } from './wire-cursor.ts';

/** Reads one page of pods, piece by piece. */
export interface PodListReader<T> extends PieceReader {
  /** The page, after the last piece. Throws `DecodeError` if what was written is none. */
  page(): ListPage<T>;
}

/**
 * Opens a page of pods in protobuf; one of which `decodePod` makes nothing is left out.
 * Fields of a PodList: metadata = 1 (continue = 3), items = 2. Source: api core/v1 generated.proto.
 */
export function openPodList<T>(decodePod: PodDecoder<T | undefined>): PodListReader<T> {
  const items: T[] = [];
  let token = '';
  let pods = 0;
  let problem: unknown;
  const envelope = new EnvelopeReader('PodList', (field, cursor, end) => {
    if (field === 2) {
      if (pods++ === MAX_LIST_ITEMS) throw new DecodeError(`a page of more than ${MAX_LIST_ITEMS} pods`, CODE);
      const pod = decodePod(cursor, cursor.block(end));
      if (pod !== undefined) items.push(pod);
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

const CODE = { code: 'protobuf_invalid' } as const;

function tokenIn(cursor: WireCursor, end: number): string {
  let token = '';
  for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
    if (field === 3) token = cursor.text(end);
    else cursor.skip(end);
  }
  return token;
}
