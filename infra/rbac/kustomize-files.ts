import { RIGHTS_ROUTES, type RightsRoute } from '../../shared/kube/route-rights.ts';
import {
  accountManifests,
  clusterRole,
  clusterRoleBinding,
  commonRights,
  ownRights,
  ROLE,
  rulesOf,
} from './cluster-role.ts';
import type { ClusterIdentity } from './identity.ts';
import type { Manifest } from './manifest.ts';
import { renderManifests, renderYaml } from './render-yaml.ts';
import { summaryPolicy } from './summary-policy.ts';

const CONFIG = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' } as const;
const FILE = 'kustomization.yaml';

/**
 * A Kustomize tree for an identity: a base with the rights that every route needs, and one overlay for each route.
 * Paths are below the tree's own folder. Pure.
 */
export function kustomizeFiles(identity: ClusterIdentity, token: boolean): ReadonlyMap<string, string> {
  const base: readonly Manifest[] = [
    ...accountManifests(identity, token),
    { comment: 'Rights that every route needs; the overlays add their own.', object: clusterRole(commonRights()) },
    { object: clusterRoleBinding(identity) },
  ];
  const files = new Map([
    [`base/${FILE}`, renderYaml({ ...CONFIG, resources: ['collector.yaml'] })],
    ['base/collector.yaml', renderManifests(base)],
  ]);
  for (const route of RIGHTS_ROUTES) {
    for (const [name, text] of overlay(route, identity)) files.set(`overlays/${route}/${name}`, text);
  }
  return files;
}

function overlay(route: RightsRoute, identity: ClusterIdentity): ReadonlyMap<string, string> {
  const rules = rulesOf(ownRights(route)).map((value) => ({ op: 'add', path: '/rules/-', value }));
  const policy = route === 'proxy' ? summaryPolicy(identity) : [];
  const resources = ['../../base', ...(policy.length > 0 ? ['summary-only.yaml'] : [])];
  const patches = [{ path: 'rights.yaml', target: { kind: 'ClusterRole', name: ROLE } }];
  return new Map([
    [FILE, renderYaml({ ...CONFIG, resources, patches })],
    ['rights.yaml', renderYaml(rules)],
    ...(policy.length > 0 ? [['summary-only.yaml', renderManifests(policy)] as const] : []),
  ]);
}
