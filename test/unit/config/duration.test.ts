import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../shared/config/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['1m0s', 60_000],
    ['20s', 20_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['500ms', 500],
    ['1h2m3.5s', 3_723_500],
    ['2us', 0.002],
    ['-2s', -2_000],
    ['+1s', 1_000],
    ['0', 0],
  ])('reads %s', (text, millis) => {
    expect(parseDuration(text)).toBeCloseTo(millis, 9);
  });

  it.each(['', '60', '1', 's', '1x', '1 m', 'm1', '1s ', '.s', '1m0'])('refuses "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow('must be a duration such as');
  });

  it('reads what formatDuration writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (millis) => {
        expect(parseDuration(formatDuration(millis))).toBeCloseTo(millis, 6);
      }),
    );
  });
});
