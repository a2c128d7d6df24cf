import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNodeName } from '../../../shared/kube/node-name.ts';

describe('isNodeName', () => {
  it.each(['a', 'ip-10-0-1-2.eu-west-1.compute.internal', 'aks-nodepool1-24816391-vmss000000', '0', 'a.b.c'])(
    'takes %s',
    (name) => {
      expect(isNodeName(name)).toBe(true);
    },
  );

  it.each([
    ['a'.repeat(63), true],
    ['a'.repeat(64), false],
    [`b.${'a'.repeat(63)}.c`, true],
    [`b.${'a'.repeat(64)}.c`, false],
    [`${'a'.repeat(64)}.c`, false],
    ['-a', false],
    ['a-', false],
    ['a.-b', false],
    ['a..b', false],
    ['a.', false],
    ['.a', false],
    ['A', false],
    ['', false],
    [Array.from({ length: 4 }, () => 'a'.repeat(62)).join('.'), true],
    [Array.from({ length: 4 }, () => 'a'.repeat(63)).join('.'), false],
  ])('knows how long a label and a name may be: %s', (name, is) => {
    expect(isNodeName(name)).toBe(is);
  });

  it('takes nothing that would change a path', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (isNodeName(text)) expect(encodeURIComponent(text)).toBe(text);
        expect(isNodeName(`${text}/`)).toBe(false);
        expect(isNodeName(`${text}\n`)).toBe(false);
      }),
    );
  });

  it('answers at once for long names', () => {
    expect(isNodeName('a'.repeat(100_000))).toBe(false);
    expect(isNodeName(`${'a-'.repeat(126)}!`)).toBe(false);
    expect(isNodeName(`${'a.'.repeat(126)}!`)).toBe(false);
    expect(isNodeName('a-'.repeat(126))).toBe(false);
  });
});
