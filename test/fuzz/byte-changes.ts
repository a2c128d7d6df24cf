import fc from 'fast-check';

/** A change of some bytes: what is done, where, and with what. Numbers are cut to what there is. */
export interface ByteChange {
  readonly kind: number;
  readonly at: number;
  readonly value: number;
}

export const byteChanges: fc.Arbitrary<readonly ByteChange[]> = fc.array(
  fc.record({ kind: fc.nat(6), at: fc.nat(1_000_000), value: fc.nat(255) }),
  { maxLength: 4 },
);

/** A copy with the changes made: bytes replaced, bits turned, pieces cut out, doubled or put in, the end cut off. */
export function changeBytes(body: Buffer, changes: readonly ByteChange[]): Buffer {
  let bytes = Buffer.from(body);
  for (const { kind, at, value } of changes) {
    const place = at % (bytes.length + 1);
    const end = Math.min(bytes.length, place + (value % 16) + 1);
    const before = bytes.subarray(0, place);
    if (kind === 0 && place < bytes.length) bytes[place] = value;
    else if (kind === 1 && place < bytes.length) bytes[place] = (bytes[place] ?? 0) ^ (1 << (value % 8));
    else if (kind === 2) bytes = Buffer.concat([before, bytes.subarray(end)]);
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(place)]);
    else if (kind === 4) bytes = Buffer.concat([before, Buffer.alloc((value % 9) + 1, value), bytes.subarray(place)]);
    else if (kind === 5) bytes = Buffer.from(before);
    else bytes.fill(0xff, place, end);
  }
  return bytes;
}
