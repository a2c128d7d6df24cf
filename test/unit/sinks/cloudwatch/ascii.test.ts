import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDimensionName, toDimensionValue, toMetricName } from '../../../../shared/sinks/cloudwatch/ascii.ts';

describe('texts for CloudWatch', () => {
  it('leaves printable ASCII as it is', () => {
    expect(toDimensionValue('ip-10-0-0-1.eu-west-1.compute.internal')).toBe('ip-10-0-0-1.eu-west-1.compute.internal');
    expect(toMetricName('cpu/usage_rate')).toBe('cpu/usage_rate');
  });

  it('escapes what is not, and the escape itself', () => {
    expect(toDimensionValue('café\n')).toBe('caf\\u00e9\\u000a');
    expect(toDimensionValue('caf\\u00e9')).toBe('caf\\\\u00e9');
  });

  it('tells an absent label from an empty and a blank one', () => {
    const values = [undefined, '', ' ', '(empty)', '(empty) '].map(toDimensionValue);

    expect(values.slice(0, 2)).toEqual(['(none)', '(empty)']);
    expect(new Set(values).size).toBe(5);
  });

  it('lets no name of a dimension begin with a colon or be blank', () => {
    expect(toDimensionName(':a')).toBe('_:a');
    expect(toDimensionName('')).toBe('_');
  });

  it('cuts long texts, and keeps them apart by a hash', () => {
    const a = toDimensionValue(`${'x'.repeat(2_000)}a`);
    const b = toDimensionValue(`${'x'.repeat(2_000)}b`);

    expect([a.length, b.length]).toEqual([1_024, 1_024]);
    expect(a).not.toBe(b);
    expect(toMetricName('y'.repeat(300)).length).toBe(255);
  });

  it('takes any text to what CloudWatch takes, and different texts to different ones', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('(empty)', '(empty)x', '\0(empty)x', '\\u0028empty)x', '\\', '\\\\', '\\u0000', '\0'),
    );
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(toDimensionValue(a)).toMatch(/^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/);
        expect(toDimensionValue(a) === toDimensionValue(b)).toBe(a === b);
      }),
      { numRuns: 500 },
    );
  });
});
