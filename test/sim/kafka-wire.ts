/** Reads the fields of a request in the old, not flexible encoding. */
export interface WireReader {
  int16(): number;
  int32(): number;
  text(): string;
  bytes(): Buffer;
  array<T>(read: () => T): readonly T[];
}

export function createWireReader(buffer: Buffer): WireReader {
  let at = 0;
  const reader: WireReader = {
    int16() {
      at += 2;
      return buffer.readInt16BE(at - 2);
    },
    int32() {
      at += 4;
      return buffer.readInt32BE(at - 4);
    },
    text() {
      const size = reader.int16();
      if (size < 0) return '';
      at += size;
      return buffer.toString('utf8', at - size, at);
    },
    bytes() {
      const size = reader.int32();
      at += Math.max(0, size);
      return buffer.subarray(at - Math.max(0, size), at);
    },
    array: (read) => Array.from({ length: Math.max(0, reader.int32()) }, read),
  };
  return reader;
}

const int = (size: 1 | 2 | 4, value: number): Buffer => {
  const bytes = Buffer.alloc(size);
  bytes.writeIntBE(value, 0, size);
  return bytes;
};

/** Fields of an answer. */
export const wire = {
  bool: (value: boolean): Buffer => int(1, value ? 1 : 0),
  int16: (value: number): Buffer => int(2, value),
  int32: (value: number): Buffer => int(4, value),
  int64: (value: bigint): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(value);
    return bytes;
  },
  text: (value: string): Buffer => Buffer.concat([int(2, Buffer.byteLength(value)), Buffer.from(value)]),
  bytes: (value: string): Buffer => Buffer.concat([int(4, Buffer.byteLength(value)), Buffer.from(value)]),
  array: (items: readonly Buffer[]): Buffer => Buffer.concat([int(4, items.length), ...items]),
};
