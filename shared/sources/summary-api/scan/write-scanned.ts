// hot path: bench "decode"
import { labelIndex } from '../../../core/labels.ts';
import { metricId } from '../../../core/metrics.ts';
import type { NodeRows, RowRange } from '../../source.ts';
import type { Scanned } from './scanned.ts';
import { STAGES } from './summary-layout.ts';
import type { NetworkWriter } from './write-network.ts';
import { addRows, type Target, writeDense, writeUsage } from './write-rows.ts';

const NODENAME = labelIndex('nodename');
const HOSTNAME = labelIndex('hostname');
const HOST_ID = labelIndex('host_id');
const POD_ID = labelIndex('pod_id');
const POD_NAME = labelIndex('pod_name');
const NAMESPACE_NAME = labelIndex('namespace_name');
const CONTAINER_NAME = labelIndex('container_name');
const RESOURCE_ID = labelIndex('resource_id');
const VOLUME_NAME = labelIndex('volume_name');
const PVC_NAME = labelIndex('pvc_name');
const PVC_NAMESPACE = labelIndex('pvc_namespace');
const EPHEMERAL = metricId('ephemeral_storage/usage');

/** String ids of the node's labels. */
interface NodeLabels {
  readonly name: number;
  readonly hostname: number;
  readonly hostId: number;
}

function labelNode({ stage, table, first }: Target, labels: NodeLabels): void {
  for (let row = first; row < first + stage.rows; row++) {
    table.setLabel(NODENAME, row, labels.name);
    table.setLabel(HOSTNAME, row, labels.hostname);
    table.setLabel(HOST_ID, row, labels.hostId);
  }
}

/** The label of a name in all rows. */
function labelNames({ stage, entity, table, first }: Target, key: number, label: string): void {
  const slot = entity.slot(label);
  for (let row = 0; row < stage.rows; row++) table.setLabel(key, first + row, stage.id(row, slot));
}

/** Parent and pod labels of containers and volumes. */
function labelBelowPod({ stage, table, first }: Target, pods: Target): void {
  for (let staged = 0; staged < stage.rows; staged++) {
    const row = first + staged;
    const pod = pods.first + stage.parents[staged]!;
    table.setParent(row, pod);
    table.setLabel(POD_ID, row, pods.table.getLabel(POD_ID, pod));
    table.setLabel(POD_NAME, row, pods.table.getLabel(POD_NAME, pod));
    table.setLabel(NAMESPACE_NAME, row, pods.table.getLabel(NAMESPACE_NAME, pod));
  }
}

function setParents({ stage, table, first }: Target, parent: number): void {
  for (let row = 0; row < stage.rows; row++) table.setParent(first + row, parent);
}

/** Ephemeral storage: what the root and log file systems take together, or the first alone. */
function writeEphemeral({ stage, entity, table, first }: Target, labels: readonly string[]): void {
  const slots = labels.map((label) => entity.slot(label));
  for (let row = 0; row < stage.rows; row++) {
    let used = 0;
    for (const slot of slots) used += stage.value(row, slot);
    if (!Number.isNaN(used)) table.set(EPHEMERAL, first + row, used);
  }
}

function writeContainers(target: Target, scanned: Scanned, labels: NodeLabels): void {
  labelNode(target, labels);
  labelNames(target, CONTAINER_NAME, 'name');
  writeDense(target);
  writeUsage(target, scanned.now);
  writeEphemeral(target, ['used[/]', 'used[logs]']);
}

function writeVolumes(target: Target, { names, layout }: Scanned): void {
  const { stage, table, first } = target;
  const slot = layout.volume.slot('name');
  for (let row = 0; row < stage.rows; row++) {
    const entry = stage.id(row, slot);
    table.setLabel(VOLUME_NAME, first + row, names.table.stringId(entry));
    table.setLabel(RESOURCE_ID, first + row, names.table.prefixedId(entry));
  }
  labelNames(target, PVC_NAME, 'claim');
  labelNames(target, PVC_NAMESPACE, 'claim_namespace');
  writeDense(target);
}

function rangeOf({ stage, first }: Target): RowRange {
  return { from: first, to: first + stage.rows };
}

/** Writes a document whose names are resolved: the rows of its node, system containers, pods, containers and volumes. */
export function writeScanned(scanned: Scanned, network: NetworkWriter): NodeRows {
  const { builder, now, node, targets } = scanned;
  const { strings } = builder;
  const labels = {
    name: strings.intern(node.name || undefined),
    hostname: strings.intern(node.hostname || undefined),
    hostId: strings.intern(node.hostId || undefined),
  };
  const nodes = addRows(targets[STAGES.node]!, builder.table('node'));
  labelNode(nodes, labels);
  writeDense(nodes);
  writeUsage(nodes, now);
  writeEphemeral(nodes, ['used[/]']);
  network.writeNode(scanned, nodes);

  const system = addRows(targets[STAGES.sysContainer]!, builder.table('sys_container'));
  setParents(system, nodes.first);
  writeContainers(system, scanned, labels);

  const pods = addRows(targets[STAGES.pod]!, builder.table('pod'));
  setParents(pods, nodes.first);
  labelNode(pods, labels);
  labelNames(pods, POD_ID, 'uid');
  labelNames(pods, POD_NAME, 'name');
  labelNames(pods, NAMESPACE_NAME, 'namespace');
  writeDense(pods);
  writeUsage(pods, now);
  network.writePods(scanned, pods);

  const containers = addRows(targets[STAGES.container]!, builder.table('pod_container'));
  labelBelowPod(containers, pods);
  writeContainers(containers, scanned, labels);

  const volumes = addRows(targets[STAGES.volume]!, builder.table('volume'));
  labelNode(volumes, labels);
  labelBelowPod(volumes, pods);
  writeVolumes(volumes, scanned);
  return {
    node: nodes.first,
    sysContainers: rangeOf(system),
    pods: rangeOf(pods),
    containers: rangeOf(containers),
    volumes: rangeOf(volumes),
  };
}
