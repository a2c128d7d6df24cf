import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldSet, WireCursor } from '../../shared/kube/protobuf/wire-cursor.ts';

/** What was read: the wanted fields and where they lie, or where it failed. */
type Read = readonly (readonly [field: number, from: number, to: number])[] | string;

function read(bytes: Buffer, step: (cursor: WireCursor, end: number) => number): Read {
  const cursor = new WireCursor(bytes);
  const found: (readonly [number, number, number])[] = [];
  try {
    for (let field = step(cursor, bytes.length); field !== 0; field = step(cursor, bytes.length)) {
      const from = cursor.at;
      cursor.skip(bytes.length);
      found.push([field, from, cursor.at]);
    }
    return found;
  } catch (error) {
    return String(error);
  }
}

function readOneByOne(bytes: Buffer, wanted: readonly number[]): Read {
  return read(bytes, (cursor, end) => {
    for (let field = cursor.field(end); field !== 0; field = cursor.field(end)) {
      if (wanted.includes(field)) return field;
      cursor.skip(end);
    }
    return 0;
  });
}

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

/** A field with its tag; now and then of a wire type that there is not. */
const field = fc
  .record({
    number: fc.oneof(fc.integer({ min: 1, max: 35 }), fc.integer({ min: 1, max: 2 ** 29 - 1 })),
    type: fc.oneof(
      { weight: 80, arbitrary: fc.constantFrom(0, 1, 2, 2, 2, 5) },
      { weight: 1, arbitrary: fc.constant(3) },
    ),
    content: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 120, maxLength: 300 })),
  })
  .map(({ number, type, content }) => {
    if (type === 2) return [...varint(number * 8 + type), ...varint(content.length), ...content];
    if (type === 1 || type === 5) return [...varint(number * 8 + type), ...new Uint8Array(type === 1 ? 8 : 4)];
    return [...varint(number * 8 + type), ...varint(content.length * 1_000)];
  });
const wantedFields = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 6 });

describe('a cursor that looks for some fields', () => {
  it('finds what one finds that reads field by field, in messages and in what was cut or changed', () => {
    let found = 0;
    let failed = 0;
    fc.assert(
      fc.property(
        fc.array(field, { minLength: 5, maxLength: 30 }),
        wantedFields,
        fc.option(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }), { freq: 2 }),
        fc.option(fc.nat(), { freq: 2 }),
        (fields, wanted, change, cut) => {
          const whole = Buffer.from(fields.flat());
          if (change !== null && whole.length > 0) whole[change.at % whole.length] = change.byte;
          const bytes = cut === null ? whole : whole.subarray(0, cut % (whole.length + 1));

          const expected = readOneByOne(bytes, wanted);

          expect(read(bytes, (cursor, end) => cursor.next(end, fieldSet(...wanted)))).toEqual(expected);
          if (typeof expected === 'string') failed++;
          else found += expected.length;
        },
      ),
      { numRuns: 1_000 },
    );
    expect(found).toBeGreaterThan(100);
    expect(failed).toBeGreaterThan(100);
  });
});
