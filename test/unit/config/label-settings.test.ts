import { describe, expect, it } from 'vitest';
import { parseLabelSettings } from '../../../shared/config/label-settings.ts';

function parse(stored: readonly string[], ignored: readonly string[] = []) {
  const problems: string[] = [];
  const settings = parseLabelSettings({ separator: ',', ignored, stored }, (flag, problem) =>
    problems.push(`${flag}: ${problem}`),
  );
  return { settings, problems };
}

describe('parseLabelSettings', () => {
  it('splits at the first = and lets the last entry of a label win', () => {
    const { settings, problems } = parse(['app', 'layer=tier', 'service=app']);
    expect([...settings.stored]).toEqual([
      ['app', 'service'],
      ['tier', 'layer'],
    ]);
    expect(problems).toEqual([]);
  });

  it('lets a label be both stored and ignored', () => {
    const { settings, problems } = parse(['app'], ['app']);
    expect(settings).toMatchObject({ ignored: new Set(['app']), stored: new Map([['app', 'app']]) });
    expect(problems).toEqual([]);
  });

  it.each([
    [
      'nodename=zone',
      'store-label: zone cannot be stored as nodename, which is a label of every row; write NEW_NAME=zone',
    ],
    ['=zone', 'store-label: the new name of zone is empty; write NEW_NAME=NAME'],
    ['a=b=c', 'store-label: "b=c" cannot be the name of a Kubernetes label'],
    ['x=a,x=b', 'store-label: a and b would both be stored as x'],
    ['"a', 'store-label: has a misplaced quote in "\\"a"; write a,b or "a","b"'],
  ])('refuses %s', (text, problem) => {
    expect(parse([text]).problems).toEqual([problem]);
  });
});
