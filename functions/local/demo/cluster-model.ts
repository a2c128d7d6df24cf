import type { Millis, UnixMillis } from '../../../shared/core/units.ts';
import { createPodModel, type PodModel } from './pod-model.ts';
import { createSeeded, type Seeded } from './seeded.ts';
import { DAEMONS, FILLERS, SINGLES, type Workload } from './workloads.ts';

export interface NodeModel {
  readonly name: string;
  readonly index: number;
  readonly uid: string;
  readonly zone: string;
  readonly address: string;
  /** Since when the node runs. */
  readonly boot: UnixMillis;
  readonly pods: readonly PodModel[];
}

/** What there is in the demo cluster. Loads and states are functions of time; only these calls change anything. */
export interface ClusterModel {
  readonly seeded: Seeded;
  /** Zero of all load curves. */
  readonly epoch: UnixMillis;
  readonly timeScale: number;
  nodes(): readonly NodeModel[];
  node(name: string): NodeModel | undefined;
  addNode(): NodeModel;
  removeNode(name: string): boolean;
  findPod(namespace: string, name: string, at: UnixMillis): PodModel | undefined;
}

export interface ClusterShape {
  readonly nodes: number;
  readonly podsPerNode: number;
  readonly containersPerPod: number | undefined;
  readonly seed: number;
  readonly epoch: UnixMillis;
  readonly timeScale: number;
  readonly restarting: ReadonlySet<string>;
}

const ZONES = ['a', 'b', 'c'] as const;
const DAY: Millis = 86_400_000;

export function createClusterModel(shape: ClusterShape): ClusterModel {
  const seeded = createSeeded(shape.seed);
  const nodes = new Map<string, NodeModel>();
  const replicas = new Map<Workload, number>();
  let made = 0;
  let turn = 0;

  const nextPod = (workload: Workload, node: string, boot: UnixMillis): PodModel => {
    const ordinal = replicas.get(workload) ?? 0;
    replicas.set(workload, ordinal + 1);
    return createPodModel({ workload, ordinal, node, boot, ...shape, seeded, restarting: shape.restarting.has(node) });
  };
  const isOpen = (workload: Workload): boolean => (replicas.get(workload) ?? 0) < (workload.replicas ?? 0);

  /** Daemons first, then at most two of what there is a fixed number of, then replicas of the others in turn. */
  const place = (room: number): readonly Workload[] => {
    const placed: Workload[] = DAEMONS.slice(0, room);
    for (const single of SINGLES.filter(isOpen)) {
      if (placed.length < room && placed.length < DAEMONS.length + 2) placed.push(single);
    }
    while (placed.length < room) {
      const filler = FILLERS[turn++ % FILLERS.length];
      if (filler !== undefined) placed.push(filler);
    }
    return placed;
  };

  const addNode = (): NodeModel => {
    const index = ++made;
    const name = `demo-node-${index}`;
    const boot = shape.epoch - Math.round((1 + 20 * seeded.unit(`boot/${name}`)) * DAY);
    const pods = place(shape.podsPerNode).map((workload) => nextPod(workload, name, boot));
    const node: NodeModel = {
      name,
      index,
      uid: seeded.uid(name),
      zone: `demo-1${ZONES[index % ZONES.length]}`,
      address: `10.20.${Math.floor(index / 250)}.${1 + (index % 250)}`,
      boot,
      pods,
    };
    nodes.set(name, node);
    return node;
  };

  for (let i = 0; i < shape.nodes; i++) addNode();
  return {
    seeded,
    epoch: shape.epoch,
    timeScale: shape.timeScale,
    nodes: () => [...nodes.values()],
    node: (name) => nodes.get(name),
    addNode,
    removeNode: (name) => nodes.delete(name),
    findPod(namespace, name, at) {
      for (const node of nodes.values()) {
        const pod = node.pods.find((p) => p.workload.namespace === namespace && p.state(at).name === name);
        if (pod !== undefined) return pod;
      }
      return undefined;
    },
  };
}
