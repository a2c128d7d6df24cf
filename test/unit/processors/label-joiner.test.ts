import { describe, expect, it } from 'vitest';
import { joinLabels, labelValue } from '../../../shared/processors/label-joiner.ts';

const PLAIN = { separator: ',', ignored: new Set<string>(), stored: new Map<string, string>() };

describe('joinLabels', () => {
  it('stores, renames and ignores labels as Heapster does', () => {
    const labels = { app: 'web', tier: 'front', secret: 's' };
    const settings = {
      separator: ',',
      ignored: new Set(['secret']),
      stored: new Map([
        ['app', 'app'],
        ['tier', 'layer'],
      ]),
    };

    const joined = joinLabels(labels, settings);

    expect(joined).toEqual({
      joined: 'app:web,tier:front',
      stored: [
        ['app', 'web'],
        ['layer', 'front'],
      ],
    });
  });

  it('stores a label that is also ignored', () => {
    const settings = { ...PLAIN, ignored: new Set(['app']), stored: new Map([['app', 'app']]) };

    const joined = joinLabels({ app: 'web' }, settings);

    expect(joined).toEqual({ joined: '', stored: [['app', 'web']] });
  });

  it('sorts the pairs, not the keys, by their bytes', () => {
    const joined = joinLabels({ b: '1', B: '2', 'a/x': '3', a: '4', 'a-b': '5' }, PLAIN);

    expect(joined.joined).toBe('B:2,a-b:5,a/x:3,a:4,b:1');
  });

  it('is empty, not absent, without labels', () => {
    expect(joinLabels(null, PLAIN)).toEqual({ joined: '', stored: [] });
    expect(joinLabels({ app: 'web' }, { ...PLAIN, ignored: new Set(['app']) }).joined).toBe('');
  });

  it('uses the separator as it is and escapes nothing', () => {
    expect(joinLabels({ a: '1', b: '' }, { ...PLAIN, separator: '; ' }).joined).toBe('a:1; b:');
  });

  it('adds nothing for a stored label that the object does not have', () => {
    const settings = { ...PLAIN, stored: new Map([['constructor', 'c']]) };

    expect(joinLabels({ a: '1' }, settings).stored).toEqual([]);
    expect(labelValue({}, 'constructor')).toBeUndefined();
  });
});
