import { type ClusterRight, RIGHTS_ROUTES, type RightsRoute, ROUTE_RIGHTS } from '../../shared/kube/route-rights.ts';
import { type ClusterIdentity, subjectOf } from './identity.ts';
import type { Manifest, ManifestObject } from './manifest.ts';

export const ROLE = 'heapless-collector';
const RBAC = 'rbac.authorization.k8s.io';

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Rights as rules: one for each group and verb, resources gathered. */
export function rulesOf(rights: readonly ClusterRight[]): readonly PolicyRule[] {
  const rules = new Map<string, { apiGroups: string[]; resources: string[]; verbs: string[] }>();
  for (const { group, verb, resource } of rights) {
    const key = `${group}\n${verb}`;
    const rule = rules.get(key) ?? { apiGroups: [group], resources: [], verbs: [verb] };
    rule.resources.push(resource);
    rules.set(key, rule);
  }
  return [...rules.values()];
}

/** Rights that every route needs: the base of the Kustomize tree. */
export function commonRights(): readonly ClusterRight[] {
  const [first, ...others] = RIGHTS_ROUTES;
  return ROUTE_RIGHTS[first].filter((right) =>
    others.every((route) => ROUTE_RIGHTS[route].some((other) => same(other, right))),
  );
}

/** Rights that a route needs beside the common ones. */
export function ownRights(route: RightsRoute): readonly ClusterRight[] {
  const common = commonRights();
  return ROUTE_RIGHTS[route].filter((right) => !common.some((other) => same(other, right)));
}

export function clusterRole(rights: readonly ClusterRight[]): ManifestObject {
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name: ROLE }, rules: rulesOf(rights) };
}

export function clusterRoleBinding(identity: ClusterIdentity): ManifestObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: ROLE },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: ROLE },
    subjects: [subjectOf(identity)],
  };
}

/** Namespace and account of a service account, and a lasting token if that is asked for; nothing for other identities. */
export function accountManifests(identity: ClusterIdentity, withToken: boolean): readonly Manifest[] {
  if (identity.kind !== 'serviceaccount') return [];
  const { name, namespace } = identity;
  const metadata = { name, namespace };
  const account: readonly Manifest[] = [
    { object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } } },
    { object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false } },
  ];
  if (!withToken) return account;
  const annotations = { 'kubernetes.io/service-account.name': name };
  const secret: ManifestObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `${name}-token`, namespace, annotations },
    type: 'kubernetes.io/service-account-token',
  };
  return [...account, { comment: 'A token that does not expire, for a kubeconfig in a secret store.', object: secret }];
}

function same(one: ClusterRight, other: ClusterRight): boolean {
  return one.verb === other.verb && one.group === other.group && one.resource === other.resource;
}
