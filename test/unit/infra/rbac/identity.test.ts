import { describe, expect, it } from 'vitest';
import { impersonation, isIdentity, parseIdentity, subjectOf } from '../../../../infra/rbac/identity.ts';

describe('an identity', () => {
  it.each([
    [
      'group:heapless-collectors',
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'heapless-collectors' },
      "'heapless-collectors' in request.userInfo.groups",
      '--as=heapless --as-group=heapless-collectors',
    ],
    [
      'user:heapless@my-project.iam.gserviceaccount.com',
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'heapless@my-project.iam.gserviceaccount.com' },
      "request.userInfo.username == 'heapless@my-project.iam.gserviceaccount.com'",
      '--as=heapless@my-project.iam.gserviceaccount.com',
    ],
    [
      'serviceaccount:heapless/collector',
      { kind: 'ServiceAccount', name: 'collector', namespace: 'heapless' },
      "request.userInfo.username == 'system:serviceaccount:heapless:collector'",
      '--as=system:serviceaccount:heapless:collector',
    ],
  ])('of %s is one subject, one condition and one impersonation', (text, subject, condition, as) => {
    const identity = parseIdentity(text);

    expect([subjectOf(identity), isIdentity(identity), impersonation(identity)]).toEqual([subject, condition, as]);
  });

  it('keeps colons and slashes of a user, as workload identities have them', () => {
    expect(parseIdentity('user:principal://iam.googleapis.com/projects/1/x')).toEqual({
      kind: 'user',
      name: 'principal://iam.googleapis.com/projects/1/x',
    });
  });

  it.each([
    ['heapless', /"heapless" is no identity; write group:NAME/],
    ['grup:x', /did you mean "group"\?/],
    ['group:', /names nobody/],
    ['user: x', /names nobody/],
    ['serviceaccount:collector', /write serviceaccount:NAMESPACE\/NAME/],
    ['serviceaccount:a/b/c', /write serviceaccount:NAMESPACE\/NAME/],
    ['serviceaccount:Heapless/collector', /both as Kubernetes names/],
    ["group:x' || true || '", /has a quote/],
    ['user:a\\b', /a backslash/],
    ['user:a\nb', /not seen/],
    ['user:a\u202eb', /not seen/],
    [`group:${'x'.repeat(513)}`, /at most 512 characters, got 513/],
    ['group:system:authenticated', /stands for more than the collector/],
    ['group:system:masters', /stands for more than the collector/],
    ['group:system:serviceaccounts:heapless', /stands for more than the collector/],
    ['user:system:anonymous', /stands for more than the collector/],
    ['user:system:serviceaccount:heapless:collector', /write serviceaccount:heapless\/collector/],
  ])('is refused as %j', (text, problem) => {
    expect(() => parseIdentity(text)).toThrow(problem);
  });
});
