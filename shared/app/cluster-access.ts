// What a function needs to talk to a cluster, as one part that is loaded at once: the reduction talks to none.
export { connectCluster } from '../clusters/registry.ts';
export { createKubeClient } from '../kube/create-kube-client.ts';
