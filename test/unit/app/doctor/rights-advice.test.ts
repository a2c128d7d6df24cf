import { describe, expect, it } from 'vitest';
import { parseIdentity } from '../../../../infra/rbac/identity.ts';
import { identityArgument, rightsCommand } from '../../../../shared/app/doctor/rights-advice.ts';
import { sampleOf } from '../../../../shared/app/doctor/sample-nodes.ts';

describe('the identity in a command', () => {
  it.each([
    ['u', ['system:authenticated', 'heapless-collectors'], 'group:heapless-collectors'],
    ['system:serviceaccount:a:b', ['system:serviceaccounts'], 'serviceaccount:a/b'],
    ['me@p.iam.gserviceaccount.com', [], 'user:me@p.iam.gserviceaccount.com'],
  ])('of %s in %j is one that heapless rbac takes', (username, groups, argument) => {
    expect(identityArgument({ username, groups })).toBe(argument);
    expect(() => parseIdentity(argument)).not.toThrow();
  });

  it('is quoted where a shell would read more into it', () => {
    expect(rightsCommand('direct', { username: "a b; rm -rf 'x' $(y)", groups: [] })).toBe(
      "heapless rbac --route direct --identity 'user:a b; rm -rf x $(y)' | kubectl apply -f -",
    );
  });
});

describe('a sample of nodes', () => {
  it.each([
    [[], []],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [
      ['a', 'b', 'c', 'd', 'e'],
      ['a', 'c', 'e'],
    ],
    [
      ['a', 'b', 'c', 'd'],
      ['a', 'c', 'd'],
    ],
  ])('of %j is %j', (names, sample) => {
    expect(sampleOf(names, 3)).toEqual(sample);
  });
});
