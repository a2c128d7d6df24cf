import { describe, expect, it } from 'vitest';
import { startDelay } from '../../../shared/app/start-delay.ts';
import { SECOND } from '../../../shared/core/units.ts';

const USUAL = { longest: 2 * SECOND, parallel: 50, scraping: 20 * SECOND, random: 0.5 };

describe('the delay of a shard', () => {
  it.each([
    [1, 0],
    [2, 50],
    [11, 500],
    [21, 1_000],
    [50, 1_000],
  ])('grows with the shards that run at once: %d wait %d ms on the average', (parallel, millis) => {
    expect(startDelay({ ...USUAL, parallel })).toBeCloseTo(millis, 9);
  });

  it('is at most a tenth of the time for scraping', () => {
    expect(startDelay({ ...USUAL, longest: 60 * SECOND, random: 1 })).toBe(2 * SECOND);
  });

  it('is nothing without jitter', () => {
    expect(startDelay({ ...USUAL, longest: 0 })).toBe(0);
  });
});
