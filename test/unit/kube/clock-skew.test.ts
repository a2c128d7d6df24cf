import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClockSkew } from '../../../shared/kube/clock-skew.ts';

const NOW = Date.parse('2026-11-24T00:00:00Z');

describe('createClockSkew', () => {
  const date = (millis: number) => new Date(Math.floor(millis / 1_000) * 1_000).toUTCString();

  it('is unknown before the first Date', () => {
    const skew = createClockSkew();
    skew.observe(undefined, NOW, NOW);
    skew.observe('yesterday', NOW, NOW);

    expect(skew.estimate()).toBeUndefined();
  });

  it('holds the true skew within a second plus the latency, and closer with every answer', () => {
    const answers = fc.array(fc.record({ gap: fc.nat(5_000), out: fc.nat(200), back: fc.nat(200) }), { minLength: 1 });
    fc.assert(
      fc.property(fc.integer({ min: -1e7, max: 1e7 }), answers, (truth, all) => {
        const skew = createClockSkew();
        let at = NOW;
        for (const { gap, out, back } of all) {
          at += gap;
          skew.observe(date(at + out + truth), at, at + out + back);
        }
        const estimate = skew.estimate() ?? Number.NaN;

        expect(Math.abs(estimate - truth)).toBeLessThanOrEqual(1_400);
      }),
    );
  });

  it('starts anew after a clock was set', () => {
    const skew = createClockSkew();
    skew.observe(date(NOW), NOW, NOW);
    skew.observe(date(NOW + 60_000), NOW, NOW);

    expect(Math.abs((skew.estimate() ?? 0) - 60_000)).toBeLessThan(1_000);
  });
});
