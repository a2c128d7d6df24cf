import type { ApiStatus } from '../api-status.ts';
import { openEnvelope } from './envelope.ts';
import { fieldSet, type WireCursor } from './wire-cursor.ts';

const STATUS = fieldSet(1, 3, 4, 5);
const CONTINUE = fieldSet(3);
const KIND = fieldSet(3);

/**
 * A Status, as the API server sends it to who asked for protobuf; undefined if it is another kind.
 * Fields: metadata = 1 (continue = 3), message = 3, reason = 4, details = 5 (kind = 3). Throws `DecodeError`.
 * Source: apimachinery meta/v1 generated.proto.
 */
export function decodeStatus(body: Buffer): ApiStatus | undefined {
  const { kind, cursor, end } = openEnvelope(body);
  if (kind !== 'Status') return undefined;
  const status = { message: '', reason: '', kind: '', continue: '' };
  for (let field = cursor.next(end, STATUS); field !== 0; field = cursor.next(end, STATUS)) {
    if (field === 1) status.continue = textIn(cursor, cursor.block(end), CONTINUE);
    else if (field === 3) status.message = cursor.text(end);
    else if (field === 4) status.reason = cursor.text(end);
    else status.kind = textIn(cursor, cursor.block(end), KIND);
  }
  return status;
}

/** The text field of a message that is in `wanted`; empty if it has none. */
function textIn(cursor: WireCursor, end: number, wanted: number): string {
  let text = '';
  while (cursor.next(end, wanted) !== 0) text = cursor.text(end);
  return text;
}
