import { hint } from '../../shared/config/did-you-mean.ts';
import { ConfigError } from '../../shared/core/errors.ts';

/** Whom rights are given to, as the API server knows the collector. */
export type ClusterIdentity =
  | { readonly kind: 'group' | 'user'; readonly name: string }
  | { readonly kind: 'serviceaccount'; readonly namespace: string; readonly name: string };

const KINDS = ['group', 'user', 'serviceaccount'] as const;
const FORMS = 'write group:NAME, user:NAME or serviceaccount:NAMESPACE/NAME';
const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const NAMESPACE = new RegExp(`^${LABEL}$`);
const ACCOUNT = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);
/** What would end a text in the policy's expression or make a line that is not seen. */
const UNSAFE = /['"\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const LONGEST = 512;

/** Names that stand for more than one collector: rights for them would be rights for everybody. */
const EVERYBODY = /^system:(?:authenticated|unauthenticated|anonymous|masters|nodes|serviceaccounts(?::.*)?|node:.*)$/;

/** `group:NAME`, `user:NAME` or `serviceaccount:NAMESPACE/NAME`. Throws `ConfigError` with what is wrong and what is allowed. */
export function parseIdentity(text: string): ClusterIdentity {
  const fail = (problem: string): never => {
    throw new ConfigError([{ where: '--identity', problem }]);
  };
  const colon = text.indexOf(':');
  const kind = KINDS.find((one) => one === text.slice(0, Math.max(0, colon)).toLowerCase());
  const name = text.slice(colon + 1);
  const shown = JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
  if (kind === undefined) {
    const guess = colon < 0 ? ';' : hint(text.slice(0, colon), KINDS) || ';';
    return fail(`${shown} is no identity${guess} ${FORMS}`);
  }
  if (kind === 'serviceaccount') {
    const [namespace = '', account = '', ...more] = name.split('/');
    if (more.length > 0 || !NAMESPACE.test(namespace) || !ACCOUNT.test(account)) {
      return fail(`${shown} names no service account; write serviceaccount:NAMESPACE/NAME, both as Kubernetes names`);
    }
    return { kind, namespace, name: account };
  }
  if (name === '' || name !== name.trim()) return fail(`${shown} names nobody; ${FORMS}`);
  if (name.length > LONGEST) return fail(`the name of a ${kind} has at most ${LONGEST} characters, got ${name.length}`);
  if (UNSAFE.test(name)) {
    return fail(
      `${shown} has a quote, a backslash or a character that is not seen; the policy could not name it safely`,
    );
  }
  if (EVERYBODY.test(name)) {
    return fail(
      `${shown} stands for more than the collector: everybody in it would get its rights; name a group or user of its own`,
    );
  }
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  if (account !== null) return fail(`${shown} is a service account; write serviceaccount:${account[1]}/${account[2]}`);
  return { kind, name };
}

/** The `subjects` entry of a binding. */
export function subjectOf(identity: ClusterIdentity): Readonly<Record<string, string>> {
  if (identity.kind === 'serviceaccount') {
    return { kind: 'ServiceAccount', name: identity.name, namespace: identity.namespace };
  }
  const kind = identity.kind === 'group' ? 'Group' : 'User';
  return { apiGroup: 'rbac.authorization.k8s.io', kind, name: identity.name };
}

/** CEL: true for requests of this identity. `parseIdentity` lets no quote through. */
export function isIdentity(identity: ClusterIdentity): string {
  if (identity.kind === 'group') return `'${identity.name}' in request.userInfo.groups`;
  return `request.userInfo.username == '${userName(identity)}'`;
}

/** The identity as arguments of `kubectl … --as`: what a check in the cluster impersonates. */
export function impersonation(identity: ClusterIdentity): string {
  return identity.kind === 'group' ? `--as=heapless --as-group=${identity.name}` : `--as=${userName(identity)}`;
}

function userName(identity: ClusterIdentity): string {
  return identity.kind === 'serviceaccount'
    ? `system:serviceaccount:${identity.namespace}:${identity.name}`
    : identity.name;
}
