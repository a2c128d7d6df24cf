/** One field of a message. */
export interface ProtobufField {
  readonly number: number;
  /** A whole number (varint), eight or four bytes (fixed64, fixed32), or the bytes of what has a length. */
  readonly value: bigint | Buffer;
  readonly fixed: boolean;
}

/** Reads the fields of a message, strictly: what is cut off, or has a wire type that is none, throws. */
export function readFields(message: Buffer): readonly ProtobufField[] {
  const fields: ProtobufField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new Error('proto: unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Error('proto: integer overflow');
  };
  const take = (length: number): Buffer => {
    if (at + length > message.length) throw new Error('proto: unexpected EOF');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    if (number === 0) throw new Error('proto: illegal tag 0');
    switch (tag & 7) {
      case 0:
        fields.push({ number, value: varint(), fixed: false });
        break;
      case 1:
        fields.push({ number, value: take(8), fixed: true });
        break;
      case 2:
        fields.push({ number, value: take(Number(varint())), fixed: false });
        break;
      case 5:
        fields.push({ number, value: take(4), fixed: true });
        break;
      default:
        throw new Error(`proto: illegal wireType ${tag & 7}`);
    }
  }
  return fields;
}

/** The whole numbers of a packed field. */
export function readPacked(bytes: Buffer): readonly number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const byte of bytes) {
    value += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte >= 0x80) continue;
    numbers.push(value);
    value = 0;
    shift = 0;
  }
  if (shift > 0) throw new Error('proto: unexpected EOF');
  return numbers;
}

/** Text that must be UTF-8. */
export function readText(value: bigint | Buffer): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytesOf(value));
}

export function bytesOf(value: bigint | Buffer): Buffer {
  if (typeof value === 'bigint') throw new Error('proto: wrong wireType');
  return value;
}

export function wholeOf(value: bigint | Buffer): bigint {
  if (typeof value !== 'bigint') throw new Error('proto: wrong wireType');
  return value;
}
