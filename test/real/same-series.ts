import { expect } from 'vitest';
import { bySeries, type ExpectedValue } from './real-batch.ts';

/** VictoriaMetrics keeps 13 digits of a number, the last one cut. */
export const VICTORIA_PRECISION = 1e-12;

/** Expects the same series, each with the same value within a relative tolerance. */
export function expectSameSeries(
  stored: readonly ExpectedValue[],
  expected: readonly ExpectedValue[],
  tolerance: number,
): void {
  const [has, wants] = [bySeries(stored), bySeries(expected)];
  expect([...has.keys()].sort()).toEqual([...wants.keys()].sort());
  const wrong = [...wants].filter(
    ([key, value]) => !(Math.abs((has.get(key) ?? 0) - value) <= tolerance * Math.abs(value)),
  );
  expect(wrong.map(([key, value]) => [key, value, has.get(key)])).toEqual([]);
}
