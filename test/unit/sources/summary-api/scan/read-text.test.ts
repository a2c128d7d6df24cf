import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKubeletTime } from '../../../../../shared/sources/summary-api/kubelet-time.ts';
import { readName, readTime, skipText } from '../../../../../shared/sources/summary-api/scan/read-text.ts';
import { DOUBT } from '../../../../../shared/sources/summary-api/scan/reading.ts';
import { readingOf } from '../../../../support/summary-reading.ts';

/** What is behind a text in a document. */
const REST = '"}';

function timeOf(text: string, latest?: number): number | undefined {
  const into = new Float64Array(1);
  const reading = readingOf(`${text}${REST}`, latest === undefined ? {} : { latest });
  const to = readTime(reading, 0, into, 0);
  if (to === DOUBT) return undefined;
  expect(to).toBe(text.length + 1);
  return into[0];
}

describe('readTime', () => {
  it('reads what parseKubeletTime reads, whether the day is known or not', () => {
    const two = (max: number): fc.Arbitrary<string> => fc.nat(max).map((value) => String(value).padStart(2, '0'));
    const day = fc.constantFrom('2026-01-13', '2026-01-14', '2026-02-29', '2024-02-29', '2026-11-31', '1969-12-31');
    const time = fc.tuple(two(25), two(61), two(62)).map((parts) => parts.join(':'));
    const end = fc.constantFrom('Z', 'Z', 'Z', 'z', '.5Z', '+01:00', '', 'Zx', ' ');
    const into = new Float64Array(1);
    const days = new Float64Array(readingOf('').days.length);
    fc.assert(
      fc.property(day, time, end, (date, clock, zone) => {
        const text = `${date}T${clock}${zone}`;
        const expected = parseKubeletTime(text);

        const to = readTime({ ...readingOf(`${text}${REST}`), days }, 0, into, 0);

        expect(to).toBe(Number.isNaN(expected) ? DOUBT : text.length + 1);
        if (!Number.isNaN(expected)) expect(into[0]).toBe(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    '2026-01-13T18-40:14Z',
    '2026-01-13T18:40-14Z',
    '2026-01-13T1a:40:14Z',
    '2026-01-13T18:40:14',
    '2026-01-13',
    '',
    '2026-01-13T18:40:1\\u0034Z',
  ])('doubts %s even if the day is known', (text) => {
    const days = readingOf('').days;
    readTime({ ...readingOf(`2026-01-13T00:00:00Z${REST}`), days }, 0, new Float64Array(1), 0);

    expect(readTime({ ...readingOf(`${text}${REST}`), days }, 0, new Float64Array(1), 0)).toBe(DOUBT);
  });

  it('doubts times after the latest one that can be', () => {
    const at = Date.parse('2026-01-13T18:40:14Z');

    expect(timeOf('2026-01-13T18:40:14Z', at)).toBe(at);
    expect(timeOf('2026-01-13T18:40:15Z', at)).toBeUndefined();
    expect(timeOf('2026-01-13T18:40:14.5Z', at)).toBeUndefined();
  });

  it('knows the times that mean no time', () => {
    expect(timeOf('0001-01-01T00:00:00Z')).toBe(0);
    expect(timeOf('1970-01-01T00:00:00Z')).toBe(0);
  });

  it('does not read behind the end of a document', () => {
    expect(readTime(readingOf('2026-01-13T18:40:14Z'), 0, new Float64Array(1), 0)).toBe(DOUBT);
  });
});

describe('readName', () => {
  const into = new Int32Array(3);

  it('gives where the name is, its length, and one hash for the same bytes', () => {
    const first = [readName(readingOf(`x"kube-proxy${REST}`), 2, into, 0), ...into];
    const second = [readName(readingOf(`kube-proxy${REST}`), 0, into, 0), ...into];

    expect(first).toEqual([13, 2, 10, second[3]]);
    expect(second.slice(0, 3)).toEqual([11, 0, 10]);
  });

  it.each([
    ['is empty', ''],
    ['is longer than any name', 'x'.repeat(257)],
    ['has an escape', 'a\\u0062'],
    ['is not ASCII', 'é'],
    ['has a control character', 'a\nb'],
  ])('doubts a name that %s', (_, name) => {
    expect(readName(readingOf(`${name}${REST}`), 0, into, 0)).toBe(DOUBT);
  });

  it('doubts a name without an end', () => {
    expect(readName(readingOf('kube-proxy'), 0, into, 0)).toBe(DOUBT);
  });
});

describe('skipText', () => {
  it('goes past text of any language, and past bytes that are none', () => {
    const bytes = Buffer.concat([Buffer.from('日本'), Buffer.from([0xff, 0xe2]), Buffer.from('"')]);

    expect(skipText(readingOf(bytes), 0)).toBe(bytes.length);
  });

  it.each(['no end', 'an escape \\n"', 'a control\tcharacter"'])('doubts %s', (text) => {
    expect(skipText(readingOf(text), 0)).toBe(DOUBT);
  });
});
