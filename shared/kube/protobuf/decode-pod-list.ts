// hot path: bench "pods"
import { DecodeError } from '../../core/errors.ts';
import { type ListPage, MAX_LIST_ITEMS } from '../list-all.ts';
import { openEnvelope } from './envelope.ts';
import type { PodDecoder } from './pod-decoder.ts';
import type { WireCursor } from './wire-cursor.ts';

/**
 * Decodes pages of pods; one of which `decodePod` makes nothing is left out.
 * Fields of a PodList: metadata = 1 (continue = 3), items = 2. Throws `DecodeError`. Source: api core/v1 generated.proto.
 */
export function createPodListDecoder<T>(decodePod: PodDecoder<T | undefined>): (body: Buffer) => ListPage<T> {
  return (body) => {
    const { kind, cursor, end } = openEnvelope(body);
    if (kind !== 'PodList') throw new DecodeError(`a ${kind || 'nameless kind'} instead of a PodList`, CODE);
    const items: T[] = [];
    let token = '';
    for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
      if (field === 2) {
        if (items.length === MAX_LIST_ITEMS) throw new DecodeError(`a page of more than ${MAX_LIST_ITEMS} pods`, CODE);
        const pod = decodePod(cursor, cursor.block(end));
        if (pod !== undefined) items.push(pod);
      } else if (field === 1) token = tokenIn(cursor, cursor.block(end));
      else cursor.skip(end);
    }
    return { items, continue: token };
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
