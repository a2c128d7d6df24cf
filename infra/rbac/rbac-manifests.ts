import { type RightsRoute, ROUTE_RIGHTS } from '../../shared/kube/route-rights.ts';
import { accountManifests, clusterRole, clusterRoleBinding } from './cluster-role.ts';
import type { ClusterIdentity } from './identity.ts';
import type { Manifest } from './manifest.ts';
import { summaryPolicy } from './summary-policy.ts';

export interface RbacRequest {
  readonly route: RightsRoute;
  readonly identity: ClusterIdentity;
  /** For a service account: also a token that does not expire. */
  readonly token: boolean;
}

const USE: Readonly<Record<RightsRoute, string>> = {
  proxy: "route=proxy: kubelets are read through the API server's node proxy.",
  direct: 'route=direct: kubelets are read at their own port; they ask the API server for `get nodes/stats`.',
  'metrics-api': 'route=metrics-api: CPU and working set from metrics-server; no kubelet is read.',
};

/**
 * Every object that a route needs in a cluster, in the order in which it is applied: the policy before the right that it
 * bounds. Pure.
 */
export function rbacManifests({ route, identity, token }: RbacRequest): readonly Manifest[] {
  return [
    ...accountManifests(identity, token),
    ...(route === 'proxy' ? summaryPolicy(identity) : []),
    { comment: `The least that the collector needs. ${USE[route]}`, object: clusterRole(ROUTE_RIGHTS[route]) },
    { object: clusterRoleBinding(identity) },
  ];
}
