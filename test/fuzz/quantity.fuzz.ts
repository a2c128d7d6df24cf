import { equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { parseQuantity, toBytes, toMillicores } from '../../shared/kube/quantity.ts';
import { type FuzzSuite, property, together } from './suite.ts';

const SUFFIXES = ['', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const TEN: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const TWO = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

const written = fc.record({
  sign: fc.constantFrom('', '+', '-'),
  whole: fc.stringMatching(/^\d{1,18}$/),
  fraction: fc.option(fc.stringMatching(/^\d{0,12}$/), { nil: undefined }),
  suffix: fc.oneof(
    fc.constantFrom(...SUFFIXES),
    fc.integer({ min: -15, max: 30 }).map((power) => `e${power}`),
    fc.integer({ min: -15, max: 30 }).map((power) => `E${power}`),
  ),
});

/** The value in units of 10^-9 and then of 10^power, each rounded away from zero, by whole numbers alone. */
function exactly(digits: bigint, places: number, suffix: string, power: number): bigint {
  const up = (top: bigint, bottom: bigint): bigint => (top + bottom - 1n) / bottom;
  const two = TWO.indexOf(suffix) + 1;
  const ten = two > 0 ? 0 : (TEN[suffix] ?? Number(suffix.slice(1) || '0'));
  const top = digits * 1024n ** BigInt(two) * 10n ** BigInt(Math.max(0, ten) + 9);
  const nanos = up(top, 10n ** BigInt(Math.max(0, -ten) + places));
  return up(nanos, 10n ** BigInt(power + 9));
}

const exact = property(written, ({ sign, whole, fraction, suffix }) => {
  const text = `${sign}${whole}${fraction === undefined ? '' : `.${fraction}`}${suffix}`;
  const digits = BigInt(whole + (fraction ?? ''));
  const places = fraction?.length ?? 0;
  const wanted = (power: number, unit: number): number => {
    const size = Number(`${exactly(digits, places, suffix, power)}e${power - unit}`);
    return sign === '-' && size !== 0 ? -size : size;
  };
  equal(parseQuantity(text), wanted(-9, 0), text);
  equal(toBytes(text), wanted(0, 0), text);
  equal(toMillicores(text), wanted(-3, -3), text);
});

const anything = fc.oneof(
  fc.string(),
  fc.stringMatching(/^[+-]?[\d.]{0,40}[eEnumkKMGTPi+-]{0,4}\d{0,22}$/),
  fc.array(fc.constantFrom(...'0123456789.+-eEinumkKMGTP '), { maxLength: 70 }).map((parts) => parts.join('')),
);

const total = property(anything, (text) => {
  for (const parse of [parseQuantity, toBytes, toMillicores]) {
    const value = parse(text);
    ok(value === undefined || Number.isFinite(value), text);
  }
});

/** Quantities against whole-number arithmetic, and any text at all. */
export const quantity: FuzzSuite = { name: 'quantity', share: 0.1, run: together(exact, total) };
