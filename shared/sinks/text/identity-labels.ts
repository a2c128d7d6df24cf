/** Labels that Heapster's sinks keep out of tags: each is a new series at every restart, or another word for one that is there. */
export const UNSTABLE_LABELS: ReadonlySet<string> = new Set(['namespace_id', 'pod_id', 'hostname', 'host_id']);
