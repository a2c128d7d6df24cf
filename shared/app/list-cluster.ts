import type { Deadline } from '../core/deadline.ts';
import { describeError, HeaplessError } from '../core/errors.ts';
import type { ShardNode } from '../fanout/invoker.ts';
import { toShardNode } from '../fanout/node-identity.ts';
import type { KubeClient, KubeUsage } from '../kube/client.ts';
import { kubeletAddress } from '../kube/kubelet-address.ts';
import { skewWarning } from './skew-warning.ts';
import type { SourceRuntime } from './source-runtime.ts';

/** What the tick itself reads of a cluster. Pods are read by the shards. */
export interface ClusterObjects {
  readonly nodes: readonly ShardNode[];
  /** Namespace name → uid. */
  readonly namespaceIds: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  /** What the lists cost, and the clock's skew. */
  readonly usage: KubeUsage;
}

export type ListResult =
  | { readonly status: 'ok'; readonly objects: ClusterObjects }
  | { readonly status: 'failed'; readonly message: string };

/**
 * Lists nodes and namespaces. Without nodes there is no tick; without namespaces only `namespace_id` is missing.
 * A cluster that cannot be connected to as configured, or in time, is a failure too.
 */
export async function listCluster(source: SourceRuntime, deadline: Deadline): Promise<ListResult> {
  let client: KubeClient;
  try {
    client = await source.client(deadline);
  } catch (error) {
    return { status: 'failed', message: error instanceof HeaplessError ? error.message : describeError(error) };
  }
  const before = client.usage();
  const [nodes, namespaces] = await Promise.all([client.listNodes(deadline), client.listNamespaces(deadline)]);
  if (nodes.status === 'failed') {
    return { status: 'failed', message: `nodes could not be listed (${nodes.reason}): ${nodes.message}` };
  }
  const warnings: string[] = [];
  if (source.insecure()) warnings.push('insecure=true: the certificate of the API server is not verified');
  warnings.push(...source.warnings());
  const namespaceIds: Record<string, string> = Object.create(null) as Record<string, string>;
  if (namespaces.status === 'failed') {
    warnings.push(
      `namespaces could not be listed (${namespaces.reason}), namespace_id is missing: ${namespaces.message}`,
    );
  } else {
    for (const { metadata } of namespaces.value) {
      if (metadata?.name !== undefined && metadata.uid !== undefined) namespaceIds[metadata.name] = metadata.uid;
    }
  }
  const withKubelet = source.route === 'direct' || source.route === 'auto';
  const known = nodes.value.flatMap((node) => {
    const known = toShardNode(node, source.hostIdAnnotation);
    if (known === undefined) return [];
    return withKubelet ? { ...known, kubelet: kubeletAddress(node) } : known;
  });
  if (known.length < nodes.value.length)
    warnings.push(`${nodes.value.length - known.length} nodes without a name are left out`);
  const after = client.usage();
  const skew = skewWarning(after.skew, "the API server's");
  if (skew !== undefined) warnings.push(skew);
  const usage: KubeUsage = {
    ...after,
    requests: after.requests - before.requests,
    bytes: after.bytes - before.bytes,
    retries: after.retries - before.retries,
  };
  return { status: 'ok', objects: { nodes: known, namespaceIds, warnings, usage } };
}
