/** How a node's summary is reached: through the API server, at the kubelet's own port, or from the Metrics API. */
export const RIGHTS_ROUTES = ['proxy', 'direct', 'metrics-api'] as const;
export type RightsRoute = (typeof RIGHTS_ROUTES)[number];

/** One right of RBAC in the whole cluster. `resource` may have a subresource: `nodes/proxy`. */
export interface ClusterRight {
  readonly verb: 'get' | 'list';
  /** API group; empty = core. */
  readonly group: '' | 'metrics.k8s.io';
  readonly resource: string;
}

const LISTS: readonly ClusterRight[] = ['nodes', 'namespaces', 'pods'].map((resource) => ({
  verb: 'list',
  group: '',
  resource,
}));

/**
 * Every right that a route uses, and no other. Source: the requests of `create-kube-client.ts`; for `direct` what the kubelet
 * asks the API server about its caller (KEP-2862: `get nodes/stats` for /stats/*).
 */
export const ROUTE_RIGHTS: Readonly<Record<RightsRoute, readonly ClusterRight[]>> = {
  proxy: [...LISTS, { verb: 'get', group: '', resource: 'nodes/proxy' }],
  direct: [...LISTS, { verb: 'get', group: '', resource: 'nodes/stats' }],
  'metrics-api': [
    ...LISTS,
    { verb: 'list', group: 'metrics.k8s.io', resource: 'nodes' },
    { verb: 'list', group: 'metrics.k8s.io', resource: 'pods' },
  ],
};

/** `get nodes/proxy`, `list nodes.metrics.k8s.io`: a right as RBAC's refusals and `kubectl auth can-i` spell it. */
export function rightName({ verb, group, resource }: ClusterRight): string {
  return group === '' ? `${verb} ${resource}` : `${verb} ${resource}.${group}`;
}
