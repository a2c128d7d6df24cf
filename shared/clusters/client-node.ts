/** What is used of the Kubernetes client. Loaded by the registry only, so a bundler can leave out the generated API. */
export { KubeConfig, loadYaml } from '@kubernetes/client-node';
