import type { Deadline } from '../../core/deadline.ts';
import type { Prober } from '../../kube/create-prober.ts';
import { excerpt } from '../../kube/excerpt.ts';
import { isNodeName } from '../../kube/node-name.ts';
import { note, ok, problem, type StepFinding } from './finding.ts';
import { readBodyObject, readObject } from './read-object.ts';

/** As many nodes as are looked at: the first page of the list. */
const PAGE = 500;

/** What is known of a cluster's nodes from the first page of their list. */
export interface SeenNodes {
  readonly names: readonly string[];
  /** How many there are, as far as the list tells. */
  readonly count: number;
  /** Kubelet version → how many nodes have it. */
  readonly versions: ReadonlyMap<string, number>;
}

/** Lists nodes, as the collector does, and reads their kubelets' versions. Undefined nodes: they could not be listed. */
export async function examineNodes(
  prober: Prober,
  deadline: Deadline,
): Promise<{ readonly finding: StepFinding; readonly nodes?: SeenNodes }> {
  const answer = await prober.ask({ method: 'GET', path: `/api/v1/nodes?limit=${PAGE}&resourceVersion=0`, deadline });
  const failed = (sentence: string, mend: string) => ({ finding: problem('nodes', sentence, mend) });
  if (answer.kind === 'none')
    return failed(`nodes could not be listed: ${answer.message}`, 'look at the network on the way');
  if (answer.status !== 200) {
    return failed(`nodes could not be listed (${answer.status}: ${answer.message})`, 'mend the rights above first');
  }
  const list = readBodyObject(answer.body);
  const items = Array.isArray(list['items']) ? (list['items'] as readonly unknown[]) : [];
  const names: string[] = [];
  const versions = new Map<string, number>();
  for (const item of items) {
    const name = readObject(readObject(item)['metadata'])['name'];
    if (typeof name !== 'string' || !isNodeName(name)) continue;
    names.push(name);
    const info = readObject(readObject(readObject(item)['status'])['nodeInfo']);
    const version = typeof info['kubeletVersion'] === 'string' ? excerpt(info['kubeletVersion'], []) : 'of no version';
    versions.set(version, (versions.get(version) ?? 0) + 1);
  }
  const more = readObject(list['metadata'])['remainingItemCount'];
  const count = names.length + (typeof more === 'number' ? more : 0);
  if (count === 0) {
    const mend =
      'wait for nodes (an Autopilot or Karpenter cluster without pods has none), or check that it is the right cluster';
    return {
      finding: note('nodes', 'the cluster has no node: there is nothing to collect', mend),
      nodes: { names, count, versions },
    };
  }
  const kubelets = [...versions].map(([version, nodes]) => `${nodes} × ${version}`).join(', ');
  return {
    finding: ok('nodes', `${count} nodes, kubelets ${kubelets}`, answer.millis),
    nodes: { names, count, versions },
  };
}
