import { DecodeError } from '../../core/errors.ts';
import type { Millis } from '../../core/units.ts';
import type { SinkBacklog } from '../sink.ts';
import { createLineRequest, type LineRequest, type LineRequestRules } from './line-request.ts';

/*
 * A saved request: "HLR1" · number of lines, int32 little-endian · end of each line, int32 · points of each line, int32 ·
 * the lines.
 */
const MAGIC = Buffer.from('HLR1');
const INT = 4;

/** Requests of lines that outlive a tick: `load` gives back the bytes that `save` was given. */
export function createLineBacklog(
  rules: LineRequestRules,
  window: { readonly maxAge: Millis; readonly ordered: boolean },
): SinkBacklog<LineRequest> {
  return { ...window, save: saveLines, load: (bytes) => loadLines(bytes, rules) };
}

function saveLines({ body, marks }: LineRequest): Uint8Array {
  const head = Buffer.alloc(MAGIC.length + INT + 2 * INT * marks.ends.length);
  let at = MAGIC.copy(head);
  for (const value of [marks.ends.length, ...marks.ends, ...marks.points]) at = head.writeInt32LE(value, at);
  return Buffer.concat([head, body]);
}

function loadLines(bytes: Uint8Array, rules: LineRequestRules): LineRequest {
  const saved = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines = saved.subarray(0, MAGIC.length).equals(MAGIC) ? saved.readInt32LE(MAGIC.length) : -1;
  const begin = MAGIC.length + INT + 2 * INT * lines;
  const ints = (from: number): Int32Array =>
    Int32Array.from({ length: lines }, (_, line) => saved.readInt32LE(MAGIC.length + INT * (1 + from + line)));
  if (lines < 1 || begin > saved.length)
    throw new DecodeError('a saved request is damaged', { code: 'decode_invalid' });
  const marks = { ends: ints(0), points: ints(lines) };
  const body = saved.subarray(begin);
  if (marks.ends.at(-1) !== body.length) throw new DecodeError('a saved request is cut', { code: 'decode_invalid' });
  return createLineRequest(body, marks, rules);
}
