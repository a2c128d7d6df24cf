import { describe, expect, it } from 'vitest';
import { CelError, compileCel } from '../../sim/kube-api/cel.ts';

const SCOPE = { object: { path: '/stats/summary' }, request: { name: 'n', userInfo: { groups: ['a', 'b'] } } };
const run = (source: string): boolean | CelError => compileCel(source, ['object', 'request']).run(SCOPE);

describe('the subset of CEL', () => {
  it.each([
    ["object.path == '/stats/summary'", true],
    ["object.path != '/stats/summary'", false],
    ["'b' in request.userInfo.groups", true],
    ["!('c' in request.userInfo.groups)", true],
    ["!request.name.contains(':')", true],
    ['request.name == \'x\' || object.path == "/stats/summary"', true],
    ["request.name == 'n' && object.path == 'x' || true", true],
    ["request.name == 'n' && (object.path == 'x' || false)", false],
    ["false && object.missing == 'x'", false],
    ["object.missing == 'x' || true", true],
  ])('evaluates %s', (source, result) => {
    expect(run(source)).toBe(result);
  });

  it.each([
    ["object.missing == 'x'", 'no such key: missing'],
    ["true && object.missing == 'x'", 'no such key: missing'],
    ['request.name', 'no such overload'],
    ["'a' in request.name", 'no such overload'],
  ])('gives the error of %s', (source, message) => {
    const result = run(source);

    expect(result).toBeInstanceOf(CelError);
    expect((result as CelError).message).toBe(message);
  });

  it.each([
    "object.path.startsWith('/stats')",
    'size(object.path) > 3',
    "object.path == '/stats",
    "object.path == 'a' 'b'",
    "obj.path == 'a'",
    "object.path.matches('^a')",
    "'a\\'b' == 'x'",
    '1 == 1',
    '',
  ])('does not compile %j', (source) => {
    expect(() => compileCel(source, ['object', 'request'])).toThrow(SyntaxError);
  });
});
