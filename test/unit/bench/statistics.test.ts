import { describe, expect, it } from 'vitest';
import { orderOf, ratiosOf, spreadOf } from '../../bench/statistics.ts';

describe('spreadOf', () => {
  it('takes the middle value, or the mean of the two middle ones', () => {
    const odd = spreadOf([9, 1, 5]);
    const even = spreadOf([4, 1, 2, 100]);

    expect(odd).toEqual({ median: 5, min: 1, max: 9, count: 3 });
    expect(even.median).toBe(3);
  });

  it('refuses nothing and what is not a number', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
    expect(() => spreadOf([1, Number.NaN])).toThrow(RangeError);
  });
});

describe('ratiosOf', () => {
  it('compares round by round, so that a busy moment hits both', () => {
    const ratios = ratiosOf([2, 20, 4], [1, 10, 2]);

    expect(ratios).toEqual({ median: 2, min: 2, max: 2, count: 3 });
  });

  it('refuses rounds without a floor', () => {
    expect(() => ratiosOf([1, 2], [1])).toThrow(RangeError);
  });
});

describe('orderOf', () => {
  it('lets every contestant begin, and turns the order round', () => {
    const rounds = [0, 1, 2, 3].map((round) => orderOf(['a', 'b'], round).join(''));

    expect(rounds).toEqual(['ab', 'ba', 'ba', 'ab']);
  });
});
