import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOUBT } from '../../../../../shared/sources/summary-api/scan/reading.ts';
import { skipValue } from '../../../../../shared/sources/summary-api/scan/skip-value.ts';
import { readingOf } from '../../../../support/summary-reading.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether the text is one value to its end, as the scanner sees it. */
function isSkipped(text: string): boolean {
  return skipValue(readingOf(text), 0) === Buffer.byteLength(text);
}

describe('skipValue', () => {
  it('goes past every value that JSON.stringify writes without escapes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);

        expect(isSkipped(text)).toBe(!text.includes('\\'));
      }),
      { numRuns: 500 },
    );
  });

  it('takes no text for JSON that JSON.parse does not', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"a"',
        '"',
        '1',
        '-',
        '0',
        '.5',
        'e3',
        'true',
        'null',
        'nul',
        ' ',
        '\n',
        '\v',
        'x',
      ],
    );
    fc.assert(
      fc.property(fc.array(token, { minLength: 1, maxLength: 9 }), (tokens) => {
        const text = tokens.join('');
        const trimmed = text.trimEnd() === text && text.trimStart() === text;

        if (trimmed) expect(isSkipped(text)).toBe(isJson(text));
      }),
      { numRuns: 6_000 },
    );
  });

  it.each([
    '[1 2]',
    '[1;2]',
    '[1x2]',
    '{"a":1;"b":2}',
    '{"a" 1}',
    '{"a":1,}',
    '[1,]',
    '{,}',
    '{1:2}',
    '[',
    '{"a":',
    'tru',
    '01',
    '1.',
  ])('doubts %s', (text) => {
    expect(isSkipped(text)).toBe(false);
  });

  it('doubts what nests deeper than a Summary can, before the stack is full', () => {
    const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

    expect(isSkipped(nested(60))).toBe(true);
    expect(skipValue(readingOf(nested(100_000)), 0)).toBe(DOUBT);
  });
});
