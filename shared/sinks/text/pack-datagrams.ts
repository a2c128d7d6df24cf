import type { LineRequest } from './line-request.ts';

/** The lines of a request in datagrams of at most `maxBytes` and `maxLines`; a longer line is alone in its datagram. */
export function* packDatagrams(
  { body, marks }: LineRequest,
  limits: { readonly maxBytes: number; readonly maxLines: number },
): Generator<Uint8Array> {
  let from = 0;
  let to = 0;
  let lines = 0;
  for (const end of marks.ends) {
    if (lines > 0 && (end - from > limits.maxBytes || lines === limits.maxLines)) {
      yield body.subarray(from, to);
      from = to;
      lines = 0;
    }
    to = end;
    lines++;
  }
  if (to > from) yield body.subarray(from, to);
}
