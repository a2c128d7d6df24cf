import { describe, expect, it } from 'vitest';
import { isDeeperThan } from '../../../../shared/sources/summary-api/depth.ts';

describe('isDeeperThan', () => {
  it.each([
    ['{"a":[{"b":1}]}', 3, false],
    ['{"a":[{"b":1}]}', 2, true],
    ['[[1],[2],[3]]', 2, false],
    ['["[[[[", "\\"[[[[", "\\\\"]', 1, false],
    ['["\\\\", [1]]', 1, true],
  ])('counts the brackets of %s against %d', (text, limit, expected) => {
    expect(isDeeperThan(Buffer.from(text), limit)).toBe(expected);
  });
});
