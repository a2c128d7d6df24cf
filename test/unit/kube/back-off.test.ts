import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOff } from '../../../shared/kube/back-off.ts';

describe('backOff', () => {
  it('stays within its doubling bound, and never below what the server asked for', () => {
    const inputs = [fc.integer({ min: 1, max: 10 }), fc.option(fc.nat(60_000), { nil: undefined })] as const;
    fc.assert(
      fc.property(...inputs, fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, retryAfter, random) => {
        const wait = backOff(attempt, retryAfter, () => random);

        expect(wait).toBeGreaterThanOrEqual(retryAfter ?? 0);
        expect(wait).toBeLessThanOrEqual((retryAfter ?? 0) + Math.min(8_000, 250 * 2 ** (attempt - 1)));
      }),
    );
  });
});
