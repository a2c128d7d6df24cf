import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter, LONGEST_NUMBER } from '../../shared/sinks/text/byte-writer.ts';
import { toConstant } from '../../shared/sinks/text/constant.ts';
import { createEscapes, JSON_ESCAPES, NO_ESCAPES } from '../../shared/sinks/text/escapes.ts';

function written(write: (out: ByteWriter) => void): string {
  const out = new ByteWriter();
  out.reserve(LONGEST_NUMBER);
  write(out);
  return Buffer.from(out.view()).toString('utf8');
}

const DOUBLES = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('ByteWriter', () => {
  it('writes doubles that read back as they were, in the form of JavaScript', () => {
    fc.assert(
      fc.property(DOUBLES, (value) => {
        const text = written((out) => out.double(value));
        expect(Number(text)).toBe(value === 0 ? 0 : value);
        expect(text.length).toBeLessThanOrEqual(LONGEST_NUMBER);
      }),
      { numRuns: 2_000 },
    );
  });

  it('writes few decimals as JavaScript does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }),
        fc.constantFrom(1, 10, 100, 1_000),
        (n, by) => {
          expect(written((out) => out.double(n / by))).toBe(String(n / by === 0 ? 0 : n / by));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('writes whole numbers in full, up to and beyond 2^53', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.bigInt(-(2n ** 63n), 2n ** 63n).map(Number)),
        (value) => {
          const text = written((out) => out.whole(value));
          expect(text).toBe(BigInt(value).toString());
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('writes numbers of an array, scaled, as it writes them one by one', () => {
    const numbers = fc.oneof(
      DOUBLES,
      fc.maxSafeInteger(),
      fc.integer(),
      fc.integer().map((n) => n / 1e6),
    );
    fc.assert(
      fc.property(numbers, fc.constantFrom(1, 0.001, 1e9), (value, scale) => {
        const scaled = value * scale;
        const values = Float64Array.of(0, value);
        fc.pre(Number.isFinite(scaled));

        const double = written((out) => out.double(scaled));
        expect(written((out) => out.number(values, 1, scale, false))).toBe(double);
        expect(double).toBe(String(scaled === 0 ? 0 : scaled));
        const whole = written((out) => out.whole(Math.round(scaled)));
        expect(written((out) => out.number(values, 1, scale, true))).toBe(whole);
      }),
      { numRuns: 5_000 },
    );
  });

  it('writes numbers next to powers of ten', () => {
    for (let power = 1; power < 16; power++) {
      for (let near = -2; near <= 2; near++) {
        const value = 10 ** power + near;
        expect(written((out) => out.whole(value))).toBe(String(value));
        expect(written((out) => out.whole(value * 9 + 8))).toBe(BigInt(value * 9 + 8).toString());
      }
    }
  });

  it('writes any text as UTF-8', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const text = written((out) => {
          for (const each of texts) out.text(each, NO_ESCAPES);
        });
        expect(text).toBe(texts.join(''));
      }),
    );
  });

  it('writes half a character as U+FFFD, as Buffer does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 })), (units) => {
        const text = String.fromCharCode(...units);
        expect(written((out) => out.text(text, NO_ESCAPES))).toBe(Buffer.from(text).toString('utf8'));
      }),
    );
  });

  it('writes the inside of a JSON string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary-ascii' }), (a, b) => {
        const text = written((out) => out.text(a + b, JSON_ESCAPES));
        expect(JSON.parse(`"${text}"`)).toBe(a + b);
      }),
    );
  });

  it('puts a constant of any length between others', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 20 })), (texts) => {
        const text = written((out) => {
          for (const each of texts) {
            const constant = toConstant(each);
            out.reserve(constant.length);
            out.constant(constant);
          }
        });
        expect(text).toBe(texts.join(''));
      }),
    );
  });

  it('grows by replacements however long they are', () => {
    const long = createEscapes({ a: 'x'.repeat(100) });

    expect(written((out) => out.text('a'.repeat(50), long))).toBe('x'.repeat(5_000));
  });
});
