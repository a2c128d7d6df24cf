import { describe, expect, it } from 'vitest';
import { type Figure, verdictOf } from '../../bench/figure.ts';
import { replaceBetween } from '../../bench/publish.ts';
import { renderFigures } from '../../bench/render-figures.ts';

const FIGURE: Figure = { group: 'tick', name: 'CPU', value: 0.8, unit: 'P', must: 1, reach: 0.7 };

describe('verdictOf', () => {
  it.each([
    [0.7, 'reaches'],
    [1, 'holds'],
    [1.01, 'FAILS'],
  ])('says of %f that it %s', (value, verdict) => {
    expect(verdictOf({ ...FIGURE, value })).toBe(verdict);
  });

  it('says nothing without a budget', () => {
    expect(verdictOf({ group: 'tick', name: 'CPU', value: 3, unit: 'P' })).toBe('');
  });
});

describe('renderFigures', () => {
  it('names a group once, with units, range and verdict', () => {
    const text = renderFigures([
      { ...FIGURE, between: [0.75, 0.9] },
      { group: 'tick', name: 'peak RSS', value: 251.4, unit: 'MB' },
    ]);

    const [, , first, second] = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    expect(first?.slice(1, 8)).toEqual(['tick', 'CPU', '0.80 P', '0.75–0.90', '≤ 1.00 P', '≤ 0.70 P', 'holds']);
    expect(second?.slice(1, 5)).toEqual(['', 'peak RSS', '251 MB', '']);
  });
});

describe('replaceBetween', () => {
  it('replaces what is between the markers and nothing else', () => {
    const page = 'head\n<!-- bench:begin -->\nold\n<!-- bench:end -->\ntail\n';

    const replaced = replaceBetween(page, 'new');

    expect(replaced).toBe('head\n<!-- bench:begin -->\n\nnew\n\n<!-- bench:end -->\ntail\n');
  });

  it('refuses a page without markers', () => {
    expect(() => replaceBetween('head', 'new')).toThrow('bench:begin');
  });
});
