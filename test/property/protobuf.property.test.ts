import fc from 'fast-check';
import { uncompress } from 'snappyjs';
import { describe, expect, it } from 'vitest';
import { SNAPPY_REACH, SnappyWriter, snappyRoom } from '../../shared/sinks/prometheus/encode-snappy.ts';
import { ProtobufWriter, utf8Size, varintSize } from '../../shared/sinks/protobuf/encode-protobuf.ts';
import { readVarint } from '../../shared/sinks/protobuf/read-varint.ts';
import { bytesOf, readFields, readText, wholeOf } from '../sim/protobuf-fields.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 200 });
const brokenText = fc.constantFrom('\ud800', 'a\udc00b', 'ä\ud83d');

describe('protobuf', () => {
  it('varints read back as they were, in the size that was told', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const out = new ProtobufWriter();
        out.byte(0x08);
        out.varint(value);

        expect(out.at).toBe(1 + varintSize(value));
        expect(readVarint(out.copy(), 1)).toEqual({ value, next: out.at });
        expect(wholeOf(readFields(out.copy())[0]!.value)).toBe(BigInt(value));
      }),
    );
  });

  it('doubles and whole numbers of eight bytes read back as they were', () => {
    fc.assert(
      fc.property(fc.double(), fc.maxSafeInteger(), (double, whole) => {
        const out = new ProtobufWriter();
        out.byte(0x09);
        out.double(double);
        out.byte(0x11);
        out.fixed64(whole);

        const [first, second] = readFields(out.copy()).map(({ value }) => bytesOf(value));
        expect(first?.readDoubleLE()).toBe(double);
        expect(second?.readBigInt64LE()).toBe(BigInt(whole));
      }),
    );
  });

  it('whole numbers keep what a double has of them up to 2^63', () => {
    const out = new ProtobufWriter();
    for (const value of [2 ** 62, -(2 ** 63), 2 ** 53 + 2]) out.fixed64(value);

    const bytes = out.copy();
    expect([0, 8, 16].map((at) => bytes.readBigInt64LE(at))).toEqual([2n ** 62n, -(2n ** 63n), 2n ** 53n + 2n]);
  });

  it('texts read back as they were; half a character becomes U+FFFD', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyText, brokenText), { maxLength: 20 }), (texts) => {
        const out = new ProtobufWriter();
        for (const text of texts) out.text(0x0a, text);

        const read = readFields(out.copy()).map(({ value }) => readText(value));
        expect(read).toEqual(texts.map((text) => text.toWellFormed()));
        for (const text of texts) expect(utf8Size(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });

  it('refuses a varint that does not end', () => {
    expect(() => readVarint(Buffer.from('ffff', 'hex'), 0)).toThrow(RangeError);
    expect(() => readVarint(Buffer.alloc(20, 0xff), 0)).toThrow(RangeError);
  });
});

/** One thing to write: new bytes, few or many, or a copy of what stands that far back. */
const element = fc.oneof(
  fc.record({ kind: fc.constant('short' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }) }),
  fc.record({ kind: fc.constant('literal' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 700 }) }),
  fc.record({ kind: fc.constant('large' as const), size: fc.integer({ min: 60_000, max: 140_000 }) }),
  fc.record({ kind: fc.constant('copy' as const), back: fc.nat(), size: fc.integer({ min: 1, max: 900 }) }),
);

describe('snappy blocks', () => {
  it('unpack to what was written, by the reader of snappyjs', () => {
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 60 }), (elements) => {
        const out = new SnappyWriter(Buffer.allocUnsafeSlow(1_024));
        const original: Buffer[] = [];
        const put = (bytes: Buffer): void => void original.push(bytes);
        for (const part of elements) {
          out.raw.reserve(snappyRoom('bytes' in part ? part.bytes.length : part.size));
          if (part.kind === 'short') {
            out.open(part.bytes.length);
            out.raw.bytes(part.bytes);
            put(Buffer.from(part.bytes));
          } else if (part.kind === 'copy') {
            const all = Buffer.concat(original);
            if (all.length === 0) continue;
            const back = 1 + (part.back % Math.min(all.length, SNAPPY_REACH));
            const size = Math.min(part.size, back);
            out.copy(all.length - back, size);
            put(all.subarray(all.length - back, all.length - back + size));
          } else {
            const bytes = part.kind === 'large' ? Buffer.alloc(part.size, 'large') : Buffer.from(part.bytes);
            out.literal(bytes, 0, bytes.length);
            put(bytes);
          }
        }

        const all = Buffer.concat(original);
        expect(out.length).toBe(all.length);
        expect(Buffer.from(uncompress(out.finish())).equals(all)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
