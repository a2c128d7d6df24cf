// hot path: bench "sinks"
import { ProtobufWriter, utf8Size, varintSize } from '../protobuf/encode-protobuf.ts';
import { TAG } from './wire.ts';

/** Most bytes of tags and lengths of an attribute. */
const OVERHEAD = 32;

/** The key's field of an attribute: `0a LENGTH KEY`. */
export function encodeKey(name: string): Buffer {
  const out = new ProtobufWriter();
  out.text(TAG.key, name);
  return out.copy();
}

/** Writes a KeyValue with a string, with its tag; `key` is made by `encodeKey`. */
export function writeAttribute(out: ProtobufWriter, tag: number, key: Buffer, value: string): void {
  const size = utf8Size(value);
  const text = 1 + varintSize(size) + size;
  out.reserve(OVERHEAD + key.length + size);
  out.byte(tag);
  out.varint(key.length + 1 + varintSize(text) + text);
  out.bytes(key);
  out.byte(TAG.value);
  out.varint(text);
  out.byte(TAG.stringValue);
  out.varint(size);
  out.utf8(value, size);
}
