import { MIB, MINUTE, type Millis, SECOND, type UnixMillis } from '../../../shared/core/units.ts';
import { toBytes } from '../../../shared/kube/quantity.ts';
import type { ClusterModel, NodeModel } from './cluster-model.ts';
import { NODE_CAPACITY } from './node-object.ts';
import type { ContainerModel, PodModel, PodState } from './pod-model.ts';
import {
  type Activity,
  type Block,
  cpuBlock,
  fsBlock,
  ioBlock,
  memoryBlock,
  networkBlock,
  pages,
  swapBlock,
  toStamp,
} from './stats-blocks.ts';

/** How often a kubelet looks at each cgroup, and at file systems. */
const SAMPLING: Millis = 10 * SECOND;
const FS_SAMPLING: Millis = MINUTE;
/** Memory that grows falls back this often. */
const GROWTH_PERIOD: Millis = 40 * MINUTE;
const GIB = 1024 * MIB;
/** Cores of a pod's own cgroup beside its containers, and of the node's system services. */
const SANDBOX_CORES = 0.0002;
const SYSTEM_CORES = { kubelet: 0.03, runtime: 0.02, other: 0.05 } as const;

export interface SummaryOptions {
  readonly at: UnixMillis;
  /** The kubelet's light form: no network, file systems, volumes. */
  readonly onlyCpuAndMemory?: boolean;
}

interface Context extends SummaryOptions {
  readonly model: ClusterModel;
  readonly node: NodeModel;
}

/** What a demo kubelet says of its node at a moment: the document of `/stats/summary`. */
export function summaryDocument(model: ClusterModel, node: NodeModel, options: SummaryOptions): Block {
  const context: Context = { ...options, model, node };
  const pods = node.pods
    .map((pod) => ({ pod, state: pod.state(options.at) }))
    .filter(({ state }) => state.phase !== 'Succeeded');
  return { node: nodeBlock(context), pods: pods.map(({ pod, state }) => podBlock(context, pod, state)) };
}

/** When an entity was sampled last: its own moment of each interval. */
function sampleTime({ model, at }: Context, key: string, interval: Millis = SAMPLING): UnixMillis {
  const period = interval / model.timeScale;
  const phase = model.seeded.unit(`sample/${key}`) * period;
  return Math.floor((at - phase) / period) * period + phase;
}

/** What happened between `start` and the last sample of `key`, by a curve of core-milliseconds. */
function activity(
  context: Context,
  entity: {
    readonly key: string;
    readonly start: UnixMillis;
    readonly total: (at: Millis) => number;
    readonly workingSet: number;
    readonly limit?: number | undefined;
    readonly stall?: number;
  },
): Activity {
  const { epoch, timeScale } = context.model;
  const sampledAt = sampleTime(context, entity.key);
  const before = Math.max(entity.start, sampledAt - SAMPLING / timeScale);
  const now = entity.total(sampledAt - epoch);
  return {
    sampledAt,
    coreMillis: now - entity.total(entity.start - epoch),
    lastCoreMillis: now - entity.total(before - epoch),
    interval: sampledAt - before,
    workingSet: entity.workingSet,
    limit: entity.limit,
    stall: entity.stall ?? 0,
  };
}

function nodeBlock(context: Context): Block {
  const { node, at, model } = context;
  const { name, boot } = node;
  const interfaces = nodeInterfaces(context);
  const podsTotal = (t: Millis): number => node.pods.reduce((sum, pod) => sum + podTotal(pod, t), 0);
  const memory = node.pods.reduce((sum, pod) => sum + podMemory(context, pod, pod.state(at)), 0);
  const system = (service: keyof typeof SYSTEM_CORES, megabytes: number): Block => ({
    name: service,
    startTime: toStamp(boot),
    ...usage(
      activity(context, {
        key: `${name}/${service}`,
        start: boot,
        total: (t) => t * SYSTEM_CORES[service],
        workingSet: megabytes * MIB,
      }),
    ),
    swap: swapBlock(at, undefined),
  });
  const podsActivity = activity(context, {
    key: `${name}/pods`,
    start: boot,
    total: podsTotal,
    workingSet: memory,
    limit: NODE_CAPACITY.memory,
    stall: 0.02,
  });
  const whole = activity(context, {
    key: name,
    start: boot,
    total: (t) => podsTotal(t) + t * (SYSTEM_CORES.kubelet + SYSTEM_CORES.runtime + SYSTEM_CORES.other),
    workingSet: memory + 700 * MIB,
    limit: NODE_CAPACITY.memory,
    stall: 0.02,
  });
  const fsAt = sampleTime(context, `${name}/fs`, FS_SAMPLING);
  const used = diskUsed(context);
  const disk = fsBlock(fsAt, { capacity: NODE_CAPACITY.disk, usedOfAll: used, used });
  const images = fsBlock(fsAt, { capacity: NODE_CAPACITY.disk, usedOfAll: used, used: 6 * GIB });
  return {
    nodeName: name,
    systemContainers: [
      system('kubelet', 95),
      ...(node.index % 2 === 0 ? [system('runtime', 140)] : []),
      { name: 'pods', startTime: toStamp(boot), ...usage(podsActivity), swap: swapBlock(at, undefined) },
    ],
    startTime: toStamp(boot),
    ...usage(whole),
    ...(!context.onlyCpuAndMemory && {
      network: networkBlock(sampleTime(context, name), interfaces),
      fs: disk,
      runtime: { imageFs: images, containerFs: images },
      rlimit: { time: toStamp(at), maxpid: 127_735, curproc: 400 + 9 * node.pods.length },
      swap: swapBlock(sampleTime(context, name), model.seeded.unit(`swap/${name}`) < 0.5 ? GIB : 0),
    }),
  };
}

function podBlock(context: Context, pod: PodModel, state: PodState): Block {
  const { at } = context;
  const { workload } = pod;
  const sampledAt = sampleTime(context, pod.key);
  const own = activity(context, {
    key: pod.key,
    start: state.start,
    total: (t) => podTotal(pod, t),
    workingSet: podMemory(context, pod, state),
    stall: 0.01,
  });
  const containers = pod.containers.map((container, i) => containerBlock(context, pod, state, container, i));
  const received =
    (podTotal(pod, sampledAt - context.model.epoch) - podTotal(pod, state.start - context.model.epoch)) *
    (workload.bytesPerCore / 1_000);
  const fsAt = sampleTime(context, `${pod.key}/fs`, FS_SAMPLING);
  const ephemeral = fsBlock(fsAt, {
    capacity: NODE_CAPACITY.disk,
    usedOfAll: diskUsed(context),
    used: podDisk(context, pod, state),
  });
  return {
    podRef: { name: state.name, namespace: workload.namespace, uid: state.kubeletUid },
    startTime: toStamp(state.start),
    containers: workload.broken ? null : containers,
    ...(sampledAt >= state.start && usage(own)),
    ...(!context.onlyCpuAndMemory && {
      ...(sampledAt >= state.start && {
        network: networkBlock(sampledAt, workload.hostNetwork ? nodeInterfaces(context) : { tunl0: 0, eth0: received }),
      }),
      ...(workload.kind !== 'Static' && { volume: volumeBlocks(context, pod, state, fsAt) }),
      'ephemeral-storage': ephemeral,
      process_stats: { process_count: workload.broken ? 0 : 1 + 3 * containers.length },
      swap: swapBlock(at, undefined),
    }),
  };
}

function containerBlock(
  context: Context,
  pod: PodModel,
  state: PodState,
  { template, load }: ContainerModel,
  i: number,
): Block {
  const start = state.containers[i]?.start ?? state.start;
  const key = `${pod.key}/${template.name}`;
  const memoryLimit = toBytes(template.limits?.['memory']);
  const own = activity(context, {
    key,
    start,
    total: load.total,
    workingSet: containerMemory(context, template, start, key),
    limit: memoryLimit,
    stall: template.limits === undefined ? 0 : 0.03,
  });
  const fsAt = sampleTime(context, `${key}/fs`, FS_SAMPLING);
  const shared = { capacity: NODE_CAPACITY.disk, usedOfAll: diskUsed(context) };
  return {
    name: template.name,
    startTime: toStamp(start),
    ...(own.sampledAt >= start && usage(own)),
    ...(!context.onlyCpuAndMemory && {
      rootfs: fsBlock(fsAt, { ...shared, used: 40_960 }),
      logs: fsBlock(fsAt, { ...shared, used: logBytes(context, start, fsAt) }),
      swap: swapBlock(context.at, 0),
    }),
  };
}

function volumeBlocks(context: Context, pod: PodModel, state: PodState, at: UnixMillis): readonly Block[] {
  const token = fsBlock(at, { capacity: 32 * MIB, usedOfAll: 12_288, used: 12_288 });
  const volumes: Block[] = [
    { ...token, name: `kube-api-access-${context.model.seeded.suffix(`volume/${pod.key}`, 5)}` },
  ];
  const { claim, namespace } = pod.workload;
  if (claim !== undefined) {
    const used = 4 * GIB + ((at - state.start) / MINUTE) * 4_096;
    const disk = fsBlock(at, { capacity: 20 * GIB, usedOfAll: used % (18 * GIB), used: used % (18 * GIB) });
    volumes.push({ ...disk, name: claim, pvcRef: { name: `${claim}-${state.name}`, namespace } });
  }
  return volumes;
}

function usage(own: Activity): Block {
  return { cpu: cpuBlock(own), memory: memoryBlock(own), io: ioBlock(own) };
}

function podTotal(pod: PodModel, t: Millis): number {
  const sandbox = t * SANDBOX_CORES;
  return pod.workload.broken ? sandbox : pod.containers.reduce((sum, { load }) => sum + load.total(t), sandbox);
}

function podMemory(context: Context, pod: PodModel, state: PodState): number {
  const sandbox = MIB / 2;
  if (state.phase !== 'Running') return sandbox;
  return pod.containers.reduce((sum, { template }, i) => {
    const start = state.containers[i]?.start ?? state.start;
    return sum + containerMemory(context, template, start, `${pod.key}/${template.name}`);
  }, sandbox);
}

/** Grows from the container's start and falls back: a heap and its collector. */
function containerMemory(
  context: Context,
  template: { readonly memory: number; readonly growth: number },
  start: UnixMillis,
  key: string,
): number {
  const period = GROWTH_PERIOD / context.model.timeScale;
  const age = Math.max(0, sampleTime(context, key) - start);
  return pages(template.memory * (1 + template.growth * ((age % period) / period)));
}

function nodeInterfaces(context: Context): Readonly<Record<string, number>> {
  const { node, model } = context;
  const t = sampleTime(context, node.name) - model.epoch;
  const started = node.boot - model.epoch;
  const received = node.pods
    .filter(({ workload }) => !workload.hostNetwork)
    .reduce((sum, pod) => sum + ((podTotal(pod, t) - podTotal(pod, started)) * pod.workload.bytesPerCore) / 1_000, 0);
  return { tunl0: 0, cni0: received * 0.4, eth0: received + (t - started) * 5 };
}

function logBytes(context: Context, start: UnixMillis, at: UnixMillis): number {
  return (Math.max(0, at - start) * 2 * context.model.timeScale) % (10 * MIB);
}

function podDisk(context: Context, pod: PodModel, state: PodState): number {
  const logs = state.containers.map(({ start }) => 40_960 + logBytes(context, start, context.at));
  return pod.workload.broken ? 4_096 : logs.reduce((sum, bytes) => sum + bytes, 4_096);
}

function diskUsed({ model, node, at }: Context): number {
  return (20 + 10 * model.seeded.unit(`disk/${node.name}`)) * GIB + ((((at - model.epoch) / MINUTE) * MIB) % (5 * GIB));
}
