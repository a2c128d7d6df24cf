import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuantity, toBytes, toMillicores } from '../../../shared/kube/quantity.ts';

describe('parseQuantity', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['+3', 3],
    ['-1', -1],
    ['1.5', 1.5],
    ['1.', 1],
    ['.5', 0.5],
    ['250m', 0.25],
    ['100u', 1e-4],
    ['5n', 5e-9],
    ['2k', 2000],
    ['3M', 3e6],
    ['4G', 4e9],
    ['5T', 5e12],
    ['6P', 6e15],
    ['1E', 1e18],
    ['12e6', 12e6],
    ['12E6', 12e6],
    ['5e-3', 0.005],
    ['1e+3', 1000],
    ['1Ki', 1024],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['7120616Ki', 7120616 * 1024],
    ['1Ti', 2 ** 40],
    ['1Pi', 2 ** 50],
    ['1Ei', 2 ** 60],
    ['0.1', 0.1],
    ['0.3Gi', 322122547.2],
    ['-0', 0],
    ['0e999', 0],
    ['1e-400', 1e-9],
    ['0.1n', 1e-9],
  ])('reads %s as %d', (text, value) => {
    expect(parseQuantity(text)).toBe(value);
  });

  it.each([
    undefined,
    '',
    ' ',
    '.',
    '-',
    'm',
    'Ki',
    '1KI',
    '1ki',
    '1K',
    '1g',
    '1 Gi',
    '1Gi ',
    '1e',
    '1e1.5',
    '0x10',
    'NaN',
    'Infinity',
    '1,5',
    '1m5',
    '1e999',
    '--1',
    '1'.repeat(65),
  ])('gives undefined for %j', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
    expect(toMillicores(text)).toBeUndefined();
    expect(toBytes(text)).toBeUndefined();
  });

  it('never gives NaN or an infinite number, whatever the text', () => {
    const almost = fc.stringMatching(/^[+-]?[0-9.]{0,6}[numkKMGTPEie+-]{0,3}[0-9]{0,3}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), almost), (text) => {
        const value = parseQuantity(text);

        expect(value === undefined || Number.isFinite(value)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees with the decimal number of the same digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 9 }), (digits, places) => {
        const text = `${digits}e-${places}`;

        expect(parseQuantity(text)).toBe(Number(text) + 0);
      }),
    );
  });
});

describe('toMillicores', () => {
  it.each([
    ['100m', 100],
    ['2', 2000],
    ['0.1', 100],
    ['0.5', 500],
    ['1n', 1],
    ['100001u', 101],
    ['0', 0],
    ['1.0001', 1001],
    ['-1n', -1],
    ['1900m', 1900],
  ])('reads %s as %d, rounded up', (text, value) => {
    expect(toMillicores(text)).toBe(value);
  });

  it('rounds away from zero by less than one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (nanos) => {
        const exact = (nanos + 999_999n) / 1_000_000n;

        expect(toMillicores(`${nanos}n`)).toBe(Number(exact));
      }),
    );
  });
});

describe('toBytes', () => {
  it.each([
    ['128Mi', 134217728],
    ['500m', 1],
    ['1k', 1000],
    ['0.3Gi', 322122548],
    ['119716326407', 119716326407],
    ['1500m', 2],
  ])('reads %s as %d, rounded up', (text, value) => {
    expect(toBytes(text)).toBe(value);
  });

  it('is a whole number and never less than the quantity', () => {
    const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 9 }), suffix, (whole, tenths, unit) => {
        const text = `${whole}.${tenths}${unit}`;
        const bytes = toBytes(text) ?? Number.NaN;
        const value = parseQuantity(text) ?? Number.NaN;

        expect(Number.isInteger(bytes)).toBe(true);
        expect(bytes - value).toBeGreaterThanOrEqual(0);
        expect(bytes - value).toBeLessThan(1);
      }),
    );
  });
});
