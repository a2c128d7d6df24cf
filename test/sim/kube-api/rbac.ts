import type { ClusterRole, ClusterRoleBinding, RightsManifest } from './rights-manifests.ts';

export interface SimUser {
  readonly username: string;
  readonly groups: readonly string[];
}

/** What is asked of the authorizer: of a resource, or of a path that is none. */
export type Attributes =
  | {
      readonly verb: string;
      readonly group: string;
      /** With its subresource: `nodes/proxy`. */
      readonly resource: string;
      readonly name: string;
      readonly namespace: string;
    }
  | { readonly verb: string; readonly path: string };

/** Why a request may pass, or undefined. Rules of ClusterRoles through ClusterRoleBindings. Source: kubernetes plugin/pkg/auth/authorizer/rbac. */
export function authorize(
  manifests: readonly RightsManifest[],
  user: SimUser,
  attributes: Attributes,
): string | undefined {
  const roles = manifests.filter((one): one is ClusterRole => one.kind === 'ClusterRole');
  const bindings = manifests.filter((one): one is ClusterRoleBinding => one.kind === 'ClusterRoleBinding');
  for (const binding of bindings) {
    const subject = binding.subjects.find((one) => isSubject(one, user));
    const role = roles.find(({ metadata }) => metadata.name === binding.roleRef.name);
    if (subject === undefined || role?.rules.some((rule) => allows(rule, attributes)) !== true) continue;
    const of = `ClusterRole "${role.metadata.name}" to ${subject.kind} "${subject.name}"`;
    return `RBAC: allowed by ClusterRoleBinding "${binding.metadata.name}" of ${of}`;
  }
  return undefined;
}

function isSubject(subject: ClusterRoleBinding['subjects'][number], user: SimUser): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.username;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount':
      return user.username === `system:serviceaccount:${subject.namespace}:${subject.name}`;
  }
}

function allows(rule: ClusterRole['rules'][number], asked: Attributes): boolean {
  if (!has(rule.verbs, asked.verb)) return false;
  if ('nonResourceURLs' in rule) return 'path' in asked && has(rule.nonResourceURLs, asked.path);
  if ('path' in asked) return false;
  const names = rule.resourceNames;
  return (
    has(rule.apiGroups, asked.group) &&
    has(rule.resources, asked.resource) &&
    (names === undefined || names.includes(asked.name))
  );
}

function has(values: readonly string[], value: string): boolean {
  return values.includes('*') || values.includes(value);
}
