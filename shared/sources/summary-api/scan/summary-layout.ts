import { createEntity, type Entity, type Group, KINDS, type Leaf, type Place } from './layout.ts';

/** Numbers of the stages. */
export const STAGES = {
  summary: 0,
  node: 1,
  sysContainer: 2,
  pod: 3,
  container: 4,
  volume: 5,
  nodeInterface: 6,
  podInterface: 7,
} as const;

/** The entities of a Summary. `summary` is the document itself. */
export interface SummaryLayout {
  /** The places of all entities, by their numbers. */
  readonly places: readonly Place[];
  readonly summary: Entity;
  readonly node: Entity;
  readonly sysContainer: Entity;
  readonly pod: Entity;
  readonly container: Entity;
  readonly volume: Entity;
  readonly nodeInterface: Entity;
  readonly podInterface: Entity;
}

const count = (metric: string): Leaf => ({ kind: KINDS.count, metric });
const amount = (metric: string): Leaf => ({ kind: KINDS.amount, metric });
/** Numbers that more is done with than putting them into a column. */
const rawCount = (label: string): Leaf => ({ kind: KINDS.count, label });
const rawAmount = (label: string): Leaf => ({ kind: KINDS.amount, label });
const time = (label: string): Leaf => ({ kind: KINDS.time, label });
const name = (label: string): Leaf => ({ kind: KINDS.name, label });
const child = (entity: Entity): Leaf => ({ kind: KINDS.child, child: entity });
const list = (entity: Entity): Leaf => ({ kind: KINDS.list, child: entity });
const nothing: Leaf = { kind: KINDS.nothing };
const group = (fields: Group['fields']): Group => ({ fields });

function pressure(resource: string): Group {
  const share = (of: string): Group =>
    group({
      total: count(`${resource}/pressure_total[${of}]`),
      avg10: amount(`${resource}/pressure_avg10[${of}]`),
      avg60: amount(`${resource}/pressure_avg60[${of}]`),
      avg300: amount(`${resource}/pressure_avg300[${of}]`),
    });
  return group({ full: share('full'), some: share('some') });
}

function fs(resourceId: string | undefined): Group['fields'] {
  const own = resourceId === undefined ? '' : `[${resourceId}]`;
  return {
    availableBytes: count(`filesystem/available${own}`),
    capacityBytes: count(`filesystem/limit${own}`),
    usedBytes: { ...count(`filesystem/usage${own}`), label: `used${own}` },
    inodesFree: count(`filesystem/inodes_free${own}`),
    inodes: count(`filesystem/inodes${own}`),
    inodesUsed: count(`filesystem/inodes_used${own}`),
  };
}

/** What nodes, system containers, pods and containers have in common. */
function usage(): Group['fields'] {
  return {
    startTime: time('start'),
    cpu: group({
      time: time('sampled:cpu'),
      usageNanoCores: rawAmount('nanocores'),
      usageCoreNanoSeconds: count('cpu/usage'),
      psi: pressure('cpu'),
    }),
    memory: group({
      time: time('sampled:memory'),
      availableBytes: count('memory/available'),
      usageBytes: count('memory/usage'),
      workingSetBytes: count('memory/working_set'),
      rssBytes: count('memory/rss'),
      pageFaults: count('memory/page_faults'),
      majorPageFaults: count('memory/major_page_faults'),
      psi: pressure('memory'),
    }),
    io: group({ time: time('sampled:io'), psi: pressure('io') }),
    swap: group({ swapAvailableBytes: count('swap/available'), swapUsageBytes: count('swap/usage') }),
  };
}

function traffic(): Group['fields'] {
  return {
    name: name('interface'),
    rxBytes: rawCount('rx'),
    rxErrors: rawCount('rx_errors'),
    txBytes: rawCount('tx'),
    txErrors: rawCount('tx_errors'),
  };
}

function network(interfaces: Entity): Group {
  // Without an `eth0` the kubelet gives the default interface an empty name.
  const own: Leaf = { kind: KINDS.optionalName, label: 'interface' };
  return group({ time: time('sampled:network'), ...traffic(), name: own, interfaces: list(interfaces) });
}

/** Fields that only old kubelets fill: with anything in them the other decoder reads the document. */
const RARE: Group['fields'] = { accelerators: nothing, userDefinedMetrics: nothing };

function container(places: Place[], stage: number): Entity {
  return createEntity(places, stage, {
    name: name('name'),
    ...usage(),
    rootfs: group(fs('/')),
    logs: group(fs('logs')),
    ...RARE,
  });
}

/** The layout of `wire.ts`. */
export function createSummaryLayout(): SummaryLayout {
  const places: Place[] = [];
  const nodeInterface = createEntity(places, STAGES.nodeInterface, traffic());
  const podInterface = createEntity(places, STAGES.podInterface, traffic());
  const sysContainer = container(places, STAGES.sysContainer);
  const podContainer = container(places, STAGES.container);
  const volume = createEntity(places, STAGES.volume, {
    ...fs(undefined),
    name: name('name'),
    pvcRef: group({ name: name('claim'), namespace: name('claim_namespace') }),
  });
  const pod = createEntity(places, STAGES.pod, {
    podRef: group({ name: name('name'), namespace: name('namespace'), uid: name('uid') }),
    containers: list(podContainer),
    ...usage(),
    network: network(podInterface),
    volume: list(volume),
    'ephemeral-storage': group({
      availableBytes: count('ephemeral_storage/available'),
      usedBytes: count('ephemeral_storage/usage'),
      inodesUsed: count('ephemeral_storage/inodes_used'),
    }),
    process_stats: group({ process_count: count('process/count') }),
  });
  const node = createEntity(places, STAGES.node, {
    nodeName: name('name'),
    systemContainers: list(sysContainer),
    ...usage(),
    network: network(nodeInterface),
    fs: group(fs('/')),
    runtime: group({ imageFs: group(fs('imagefs')), containerFs: group(fs('containerfs')) }),
    rlimit: group({ maxpid: count('pid/limit'), curproc: count('pid/usage') }),
  });
  const summary = createEntity(places, STAGES.summary, { node: child(node), pods: list(pod) });
  return { places, summary, node, sysContainer, pod, container: podContainer, volume, nodeInterface, podInterface };
}
