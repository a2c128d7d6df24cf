import { DecodeError } from '../../core/errors.ts';
import { fieldSet, WireCursor } from './wire-cursor.ts';

/** Media type of the API server's protobuf. Only for its own objects, never for what it proxies. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** First bytes of every such body: `k8s` and a zero. Source: apimachinery runtime/serializer/protobuf. */
const MAGIC = 0x6b_38_73_00;
export const MAGIC_BYTES = 4;
const ENVELOPE = fieldSet(1, 2, 3);
const KIND = fieldSet(2);

/** An object in its envelope (apimachinery `runtime.Unknown`): its kind, and a cursor at its message. */
export interface Envelope {
  readonly kind: string;
  readonly cursor: WireCursor;
  /** Where the message ends. */
  readonly end: number;
}

export function isProtobuf(body: Buffer): boolean {
  return body.length >= MAGIC_BYTES && body.readUInt32BE(0) === MAGIC;
}

/**
 * Opens a body that begins as protobuf. Fields of the envelope: typeMeta = 1 (apiVersion = 1, kind = 2), raw = 2,
 * contentEncoding = 3, contentType = 4. Throws `DecodeError` if it is cut, or packed once more.
 */
export function openEnvelope(body: Buffer): Envelope {
  const cursor = new WireCursor(body);
  cursor.at = MAGIC_BYTES;
  let kind = '';
  let raw = 0;
  let end = 0;
  for (let field = cursor.next(body.length, ENVELOPE); field !== 0; field = cursor.next(body.length, ENVELOPE)) {
    if (field === 1) kind = kindOf(cursor, cursor.block(body.length));
    else if (field === 2) {
      end = cursor.block(body.length);
      raw = cursor.at;
      cursor.at = end;
    } else if (cursor.text(body.length) !== '') {
      throw new DecodeError('protobuf with an encoding of its own', { code: 'protobuf_invalid' });
    }
  }
  cursor.at = raw;
  return { kind, cursor, end };
}

/** The kind of a typeMeta that ends at `end`; empty if it has none. */
export function kindOf(cursor: WireCursor, end: number): string {
  let kind = '';
  while (cursor.next(end, KIND) !== 0) kind = cursor.text(end);
  return kind;
}
