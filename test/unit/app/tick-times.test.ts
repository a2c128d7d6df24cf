import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimBy, listBy, tickTimes } from '../../../shared/app/tick-times.ts';
import type { Config } from '../../../shared/config/config.ts';
import { SECOND } from '../../../shared/core/units.ts';

const NOW = Date.UTC(2026, 10, 24, 5);

function config(scrapeTimeout: number, sinkExportDataTimeout: number): Config {
  return { scrapeTimeout, sinkExportDataTimeout } as Config;
}

describe('the times of a tick', () => {
  it('follow each other and leave a reserve, whatever is left and configured', () => {
    const millis = fc.integer({ min: 0, max: 900 * SECOND });
    fc.assert(
      fc.property(millis, millis, millis, (left, scraping, exporting) => {
        const endBy = NOW + left;
        const { scrapeBy, shardBy, shardsBy, reduceBy, reducedBy } = tickTimes(NOW, endBy, config(scraping, exporting));
        const order = [NOW, scrapeBy, shardBy, shardsBy, reduceBy, reducedBy, endBy];

        expect(order.toSorted((a, b) => a - b)).toEqual(order);
        // Doubles of Unix times are exact to a quarter of a microsecond.
        expect(endBy - reducedBy + 0.01).toBeGreaterThanOrEqual(Math.min(4 * SECOND, left * 0.1));
        expect(claimBy(NOW, endBy)).toBeLessThanOrEqual(listBy(NOW, endBy));
      }),
    );
  });

  it('keep time for the answer of each shard and of the reduction', () => {
    const { shardBy, shardsBy, reduceBy, reducedBy } = tickTimes(NOW, NOW + 55 * SECOND, config(20_000, 20_000));

    expect(shardsBy - shardBy).toBe(SECOND);
    expect(reducedBy - reduceBy).toBe(SECOND);
  });

  it('bound the claim and the lists of a long tick', () => {
    expect(claimBy(NOW, NOW + 900 * SECOND)).toBe(NOW + 5 * SECOND);
    expect(listBy(NOW, NOW + 900 * SECOND)).toBe(NOW + 10 * SECOND);
  });
});
