import { describe, expect, it } from 'vitest';
import { createStringInterner } from '../../../shared/core/string-table.ts';

describe('strings by id', () => {
  it('have one id each, and absent is 0', () => {
    const strings = createStringInterner();

    expect(['a', 'b', 'a', undefined, ''].map((text) => strings.intern(text))).toEqual([1, 2, 1, 0, 3]);
    expect([0, 1, 2, 3].map((id) => strings.get(id))).toEqual([undefined, 'a', 'b', '']);
    expect(strings.size).toBe(4);
  });

  it('keep their ids when they are interned again after a seal', () => {
    const strings = createStringInterner();
    strings.intern('a');
    strings.intern('');
    strings.seal();

    expect(['', 'c', 'a'].map((text) => strings.intern(text))).toEqual([2, 3, 1]);
  });
});
