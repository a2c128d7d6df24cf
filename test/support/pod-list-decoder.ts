import type { ListPage } from '../../shared/kube/list-all.ts';
import type { PodDecoder } from '../../shared/kube/protobuf/pod-decoder.ts';
import { openPodList } from '../../shared/kube/protobuf/pod-list-reader.ts';

/** Decodes whole pages of pods, in pieces of so many bytes. */
export function podListDecoder<T>(
  decode: PodDecoder<T | undefined>,
  pieceBytes = Number.POSITIVE_INFINITY,
): (body: Buffer) => ListPage<T> {
  return (body) => {
    const reader = openPodList(decode);
    for (let at = 0; at < body.length; at += pieceBytes) {
      // A copy that is spoilt afterwards: what was read of it must not matter any more.
      const piece = Buffer.from(body.subarray(at, at + pieceBytes));
      reader.write(piece);
      piece.fill(0xff);
    }
    return reader.page();
  };
}
