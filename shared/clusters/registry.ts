import type { ComponentUri } from '../config/config.ts';
import { parseCloudAddress } from './cloud-address.ts';
import { connectCloud } from './cloud-registry.ts';
import type { ClusterDeps } from './cluster-deps.ts';
import type { ClusterConnection } from './connector.ts';
import { connectDirect } from './direct.ts';
import { defaultKubeconfig, type KubeconfigLocation, locateKubeconfig } from './kubeconfig-location.ts';
import { parseSourceOptions, type SourceOptions, sourceNotices } from './source-options.ts';

/**
 * How to reach the cluster of a source (its secrets resolved): by its name in a cloud, by kubeconfig (`auth`), by the pod's service account, or
 * by address and credential. Outside a pod, a source that says nothing uses the default kubeconfig, with a notice.
 * Throws `ConfigError` with what is wrong and where: a file, a context, a certificate, a plugin; for a cloud's cluster
 * `HeaplessError`, which may be worth another try.
 */
export async function connectCluster(uri: ComponentUri, deps: ClusterDeps): Promise<ClusterConnection> {
  const options = parseSourceOptions(uri);
  for (const notice of sourceNotices(uri, options)) deps.notice(notice);
  const cloud = parseCloudAddress(uri);
  if (cloud !== undefined && 'cloud' in cloud) return connectCloud(cloud, options, deps);
  const location = await kubeconfigOf(uri, options, deps);
  if (location === undefined) return connectDirect(uri, options, deps);
  const [{ connectKubeconfig }, kubernetes] = await Promise.all([
    import('./kubeconfig.ts'),
    import('./client-node.ts'),
  ]);
  return connectKubeconfig({ where: `source ${uri.key}`, location, options }, { ...deps, kubernetes });
}

async function kubeconfigOf(
  uri: ComponentUri,
  options: SourceOptions,
  deps: ClusterDeps,
): Promise<KubeconfigLocation | undefined> {
  if (options.auth !== undefined) return locateKubeconfig(options.auth, deps.env);
  const inPod = (deps.env['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
  if (uri.host !== '' || options.inClusterConfig !== undefined || inPod) return undefined;
  const location = await defaultKubeconfig(deps);
  if (location === undefined) return undefined;
  const notice = `not in a pod and no cluster is named; using the kubeconfig ${location.shown}`;
  deps.notice({ where: `source ${uri.key}`, notice });
  return location;
}
