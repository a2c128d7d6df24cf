import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from '../../../shared/kube/retry-after.ts';

const NOW = Date.parse('2026-11-24T00:00:00Z');

describe('parseRetryAfter', () => {
  it.each([
    ['5', 5_000],
    [' 0 ', 0],
    ['Tue, 24 Nov 2026 00:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 23:59:00 GMT', 0],
    ['', undefined],
    [undefined, undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['99999999999', undefined],
    ['2026', 2_026_000],
  ])('reads %j as %d ms', (header, millis) => {
    expect(parseRetryAfter(header, NOW)).toBe(millis);
  });
});
