import type { Clock } from '../../core/clock.ts';
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

/** Up to `most` nodes spread over the list: the first, the last, and between. */
export function sampleOf(names: readonly string[], most: number): readonly string[] {
  if (names.length <= most) return names;
  const step = (names.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, at) => names[Math.round(at * step)] ?? '');
}

/** One node's answer, timed. */
export interface SampledNode {
  readonly node: string;
  readonly millis: number;
  readonly bytes: number;
  /** Why there was none; undefined = it answered. */
  readonly failure: string | undefined;
}

/** Asks some nodes, one after the other, each within its own time. */
export async function sampleNodes(
  nodes: readonly string[],
  ask: (node: string) => Promise<{ readonly bytes: number } | { readonly failure: string }>,
  clock: Clock,
): Promise<readonly SampledNode[]> {
  const sampled: SampledNode[] = [];
  for (const node of nodes) {
    const started = clock.now();
    const answer = await ask(node);
    const millis = clock.now() - started;
    sampled.push(
      'failure' in answer
        ? { node, millis, bytes: 0, failure: answer.failure }
        : { node, millis, bytes: answer.bytes, failure: undefined },
    );
  }
  return sampled;
}

/** What the sample says: all answered, some, or none. Pure. */
export function sampleFinding(sampled: readonly SampledNode[]): StepFinding {
  const failed = sampled.filter(({ failure }) => failure !== undefined);
  const good = sampled.filter(({ failure }) => failure === undefined);
  const slowest = Math.max(0, ...good.map(({ millis }) => millis));
  const largest = Math.max(0, ...good.map(({ bytes }) => bytes));
  const said = `${good.length} of ${sampled.length} asked nodes answered, at most ${slowest} ms and ${Math.ceil(largest / 1_024)} KiB`;
  const [first] = failed;
  if (first === undefined) return ok('summary', said, slowest);
  const sentence = `${said}; ${first.node}: ${first.failure}`;
  if (good.length > 0) return note('summary', sentence, `look at that node: kubectl describe node ${first.node}`);
  return problem(
    'summary',
    sentence,
    `see whether it answers anybody: kubectl get --raw /api/v1/nodes/${first.node}/proxy/stats/summary`,
  );
}
