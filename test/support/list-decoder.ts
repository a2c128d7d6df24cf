import type { ListPage } from '../../shared/kube/list-all.ts';
import { openList } from '../../shared/kube/protobuf/list-reader.ts';
import type { ObjectDecoder } from '../../shared/kube/protobuf/object-decoder.ts';

/** Decodes whole pages of a list, in pieces of so many bytes. */
export function listDecoder<T>(
  kind: 'NodeList' | 'PodList',
  decode: ObjectDecoder<T | undefined>,
  pieceBytes = Number.POSITIVE_INFINITY,
): (body: Buffer) => ListPage<T> {
  return (body) => {
    const reader = openList(kind, decode);
    for (let at = 0; at < body.length; at += pieceBytes) {
      // A copy that is spoilt afterwards: what was read of it must not matter any more.
      const piece = Buffer.from(body.subarray(at, at + pieceBytes));
      reader.write(piece);
      piece.fill(0xff);
    }
    return reader.page();
  };
}
