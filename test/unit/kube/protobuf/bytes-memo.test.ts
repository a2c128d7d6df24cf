import { describe, expect, it } from 'vitest';
import { BytesMemo } from '../../../../shared/kube/protobuf/bytes-memo.ts';

/** A memo of texts that counts what it made. */
function textMemo() {
  const made: string[] = [];
  const memo = new BytesMemo((bytes, from, to) => {
    made.push(bytes.toString('utf8', from, to));
    return { text: made.at(-1) };
  });
  const of = (text: string) => memo.of(Buffer.from(`<${text}>`), 1, 1 + Buffer.byteLength(text));
  return { made, of };
}

describe('BytesMemo', () => {
  it('makes a value once and gives the same one again', () => {
    const { made, of } = textMemo();

    const values = [of('one'), of('two'), of(''), of('one'), of('')];

    expect(values.map(({ text }) => text)).toEqual(['one', 'two', '', 'one', '']);
    expect(values[3]).toBe(values[0]);
    expect(made).toEqual(['one', 'two', '']);
  });

  it('tells many pieces apart, before and after it forgot them', () => {
    const { of } = textMemo();
    const pieces = Array.from({ length: 40_000 }, (_, i) => `piece ${i}`);

    const texts = [...pieces, ...pieces].map((piece) => of(piece).text);

    expect(texts).toEqual([...pieces, ...pieces]);
  });

  it('tells pieces of every length apart that differ in one byte, wherever they lie', () => {
    const made: string[] = [];
    const memo = new BytesMemo((bytes, from, to) => {
      made.push(bytes.toString('latin1', from, to));
      return made.at(-1);
    });
    const pieces = Array.from({ length: 40 }, (_, length) =>
      Array.from({ length: length + 1 }, (_, changed) =>
        Array.from({ length }, (_, at) => (at === changed ? '\u00ff' : 'a')).join(''),
      ),
    ).flat();
    const lies = (text: string, before: number): string | undefined => {
      const bytes = Buffer.from(`${'b'.repeat(before)}${text}b`, 'latin1');
      return memo.of(bytes, before, before + text.length);
    };

    for (const before of [0, 1, 2, 3]) expect(pieces.map((text) => lies(text, before))).toEqual(pieces);
    expect(made).toEqual(pieces);
  });

  it('does not keep long pieces', () => {
    const { made, of } = textMemo();
    const long = 'x'.repeat(600);

    of(long);
    of(long);

    expect(made).toHaveLength(2);
  });
});
