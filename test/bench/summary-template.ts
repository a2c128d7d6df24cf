import { createSlotTemplate, type SlotTemplate, type SlotWriter } from './slot-template.ts';

export interface SummaryShape {
  readonly pods: number;
  readonly containersPerPod: number;
  /** Number of namespaces that pods are spread over, at most 99. */
  readonly namespaces: number;
  /** Unix seconds from which counters grow. */
  readonly start: number;
}

const GB = 1_000_000_000;
/** The kubelet prints with one space a level. */
const KUBELET_INDENT = 1;

/**
 * The Summary of one node as a kubelet of Kubernetes 1.36 on Linux prints it: PSI of cpu, memory and io, swap, two
 * interfaces, container file systems, one projected and (every third pod) one persistent volume.
 * Source: shape of a capture of 1.34 with pressure, which 1.36 did not change.
 */
export function createSummaryTemplate(shape: SummaryShape): SlotTemplate {
  return createSlotTemplate((slot) => summary(slot, shape), { start: shape.start, indent: KUBELET_INDENT });
}

/** The name that pod `pod` of a node has in the Summary and in the pod list. */
export function podName(pod: number, node: string): string {
  return `app-${two(pod)}-6fb786454b-${node}`;
}

export function podUid(pod: number, node: string): string {
  return `16db8d0d-9838-46bc-a4${two(pod)}-8abc88c${node}`;
}

export function containerName(container: number): string {
  return container === 0 ? 'server' : `sidecar-${container}`;
}

export function namespaceName(digits: string): string {
  return `team-${digits}`;
}

export function nodeName(digits: string): string {
  return `pool-a-${digits}`;
}

export function two(value: number): string {
  return String(value).padStart(2, '0');
}

const time = (slot: SlotWriter, age: number): string => slot({ kind: 'time', age });
const gauge = (slot: SlotWriter, base: number, step: number, age: number): string =>
  slot({ kind: 'gauge', base, step, age });
const counter = (slot: SlotWriter, base: number, rate: number, age: number): string =>
  slot({ kind: 'counter', base, rate, perNode: 1, age });

function summary(slot: SlotWriter, shape: SummaryShape): unknown {
  const node = (): string => slot({ kind: 'node' });
  const namespace = (pod: number): string =>
    namespaceName(slot({ kind: 'spread', offset: pod, modulus: shape.namespaces }));
  return {
    node: {
      nodeName: nodeName(node()),
      systemContainers: ['kubelet', 'runtime', 'pods'].map((name, index) => ({
        name,
        startTime: '2026-01-07T21:35:30Z',
        ...use(slot, { scale: 4 + index, age: 6 + index, available: name === 'pods' }),
      })),
      startTime: '2026-01-07T21:35:20Z',
      ...use(slot, { scale: 9, age: 5, available: true }),
      network: network(slot, { scale: 9, age: 5, interfaces: ['eth0', 'docker0'] }),
      fs: fs(slot, 9),
      runtime: { imageFs: fs(slot, 4), containerFs: fs(slot, 4) },
      rlimit: { time: time(slot, 0), maxpid: 127735, curproc: gauge(slot, 1_000, 10, 0) },
    },
    pods: Array.from({ length: shape.pods }, (_, pod) => ({
      podRef: {
        name: podName(pod, node()),
        namespace: namespace(pod),
        uid: podUid(pod, node()),
      },
      startTime: '2026-01-13T18:38:45Z',
      containers: Array.from({ length: shape.containersPerPod }, (_, container) => ({
        name: containerName(container),
        startTime: '2026-01-13T18:39:41Z',
        ...use(slot, { scale: 1 + (pod % 3), age: 3 + (pod % 8), available: true }),
        rootfs: fs(slot, 2),
        logs: fs(slot, 1),
      })),
      ...use(slot, { scale: 2 + (pod % 3), age: 2 + (pod % 8), available: true }),
      network: network(slot, { scale: 1 + (pod % 4), age: 4 + (pod % 8), interfaces: ['eth0'] }),
      volume: volumes(slot, pod, `data-${two(pod)}-${node()}`, namespace),
      'ephemeral-storage': fs(slot, 3),
      process_stats: { process_count: 3 + (pod % 5) },
    })),
  };
}

function use(
  slot: SlotWriter,
  { scale, age, available }: { readonly scale: number; readonly age: number; readonly available: boolean },
): object {
  return {
    cpu: {
      time: time(slot, age),
      usageNanoCores: gauge(slot, 10_000_000 * scale, 100_000, age),
      usageCoreNanoSeconds: counter(slot, 2_000 * GB, 10_000_000 * scale, age),
      psi: psi(slot, age),
    },
    memory: {
      time: time(slot, age),
      ...(available && { availableBytes: gauge(slot, 210_452_480, 4_096, age) }),
      usageBytes: gauge(slot, 100_000_000 * scale, 40_960, age),
      workingSetBytes: gauge(slot, 100_000_000 * scale - 4_096_000 + 10_000_000, 40_960, age),
      rssBytes: gauge(slot, 10_000_000 * scale, 8_192, age),
      pageFaults: counter(slot, 20_000_000, 3 * scale, age),
      majorPageFaults: counter(slot, 200_000, 1, age),
      psi: psi(slot, age),
    },
    io: { time: time(slot, age), psi: psi(slot, age) },
    swap: { time: time(slot, age), swapAvailableBytes: 0, swapUsageBytes: 0 },
  };
}

function psi(slot: SlotWriter, age: number): object {
  const share = (base: number): object => ({
    total: counter(slot, base, 900, age),
    avg10: `${gauge(slot, 20, 1, age)}.73`,
    avg60: `${gauge(slot, 10, 1, age)}.08`,
    avg300: 0,
  });
  return { full: share(20_000_000), some: share(21_000_000) };
}

function network(
  slot: SlotWriter,
  options: { readonly scale: number; readonly age: number; readonly interfaces: readonly string[] },
): object {
  const { scale, age, interfaces } = options;
  const traffic = (name: string): object => ({
    name,
    rxBytes: counter(slot, 4_000_000_000, 9_000 * scale, age),
    rxErrors: 0,
    txBytes: counter(slot, 3_000_000_000, 5_000 * scale, age),
    txErrors: 0,
  });
  return { time: time(slot, age), ...traffic('eth0'), interfaces: interfaces.map(traffic) };
}

function fs(slot: SlotWriter, scale: number): object {
  return {
    time: time(slot, 0),
    availableBytes: 446970298368,
    capacityBytes: 485473984512,
    usedBytes: gauge(slot, 1_000_000 * scale, 4_096, 0),
    inodesFree: 29942615,
    inodes: 30179328,
    inodesUsed: 8 * scale,
  };
}

function volumes(slot: SlotWriter, pod: number, claim: string, namespace: (pod: number) => string): readonly object[] {
  const projected = { ...fs(slot, 1), name: `kube-api-access-hb${two(pod)}s` };
  if (pod % 3 !== 0) return [projected];
  const pvcRef = { name: claim, namespace: namespace(pod) };
  return [{ ...fs(slot, 7), name: 'data', pvcRef }, projected];
}
