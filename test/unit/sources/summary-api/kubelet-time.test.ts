import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKubeletTime, ZERO_TIME } from '../../../../shared/sources/summary-api/kubelet-time.ts';

describe('parseKubeletTime', () => {
  it('agrees with Date.parse on every whole second from 1970 to 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 253_402_300_799 }), (seconds) => {
        const text = new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
        expect(parseKubeletTime(text)).toBe(seconds * 1_000);
      }),
    );
  });

  it.each([
    ['2026-01-13T18:40:14.5Z', '2026-01-13T18:40:14.500Z'],
    ['2026-01-13T18:40:14.123456789Z', '2026-01-13T18:40:14.123Z'],
    ['2026-01-13T20:40:14+02:00', '2026-01-13T18:40:14.000Z'],
    ['2026-01-13T13:10:14.250-05:30', '2026-01-13T18:40:14.250Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T23:59:59Z', '2000-02-29T23:59:59.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(new Date(parseKubeletTime(text)).toISOString()).toBe(expected);
  });

  it.each(['0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z'])('takes %s for no time', (text) => {
    expect(parseKubeletTime(text)).toBe(ZERO_TIME);
  });

  it.each([
    '',
    'yesterday',
    '2026-01-13',
    '2026-01-13 18:40:14Z',
    '2026-01-13T18:40:14',
    '2026-01-13T18:40:14z',
    '2026-13-13T18:40:14Z',
    '2026-00-13T18:40:14Z',
    '2026-02-29T18:40:14Z',
    '1900-02-29T18:40:14Z',
    '2026-04-31T18:40:14Z',
    '2026-01-00T18:40:14Z',
    '2026-01-13T24:00:00Z',
    '2026-01-13T18:60:14Z',
    '2026-01-13T18:40:61Z',
    '2026-01-13T18:40:14+24:00',
    '2026-01-13T18:40:14.Z',
    '20x6-01-13T18:40:14Z',
    '1969-12-31T23:59:59Z',
    '0001-01-02T00:00:00Z',
    '1969-12-31T23:59:59.5Z',
  ])('refuses %j', (text) => {
    expect(parseKubeletTime(text)).toBeNaN();
  });
});
