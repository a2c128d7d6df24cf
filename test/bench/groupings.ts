/** The groupings of every benchmark that has totals: one by namespace and label, one by the node's zone. */
export const GROUP_BY = 'namespace,label:app.kubernetes.io/name; node-label:topology.kubernetes.io/zone';
