// hot path: bench "decode"
import { labelIndex } from '../../core/labels.ts';
import { metricId } from '../../core/metrics.ts';
import { decodeCpu, decodeIo, decodeMemory, decodeStart, decodeSwap } from './decode-blocks.ts';
import { decodeContainers } from './decode-container.ts';
import { markDuplicates } from './decode-duplicates.ts';
import { decodePodNetwork } from './decode-network.ts';
import { setCount, toBlock, toEntry, toList } from './decode-values.ts';
import { decodeVolumes } from './decode-volumes.ts';
import type { Walk } from './decode-walk.ts';
import { countFault } from './faults.ts';
import { isName } from './label-text.ts';
import type { WireFs, WirePod, WirePodRef, WireProcessStats } from './wire.ts';

const NODENAME = labelIndex('nodename');
const HOSTNAME = labelIndex('hostname');
const HOST_ID = labelIndex('host_id');
const POD_ID = labelIndex('pod_id');
const POD_NAME = labelIndex('pod_name');
const NAMESPACE_NAME = labelIndex('namespace_name');

const PROCESSES = metricId('process/count');
const EPHEMERAL_USAGE = metricId('ephemeral_storage/usage');
const EPHEMERAL_AVAILABLE = metricId('ephemeral_storage/available');
const EPHEMERAL_INODES = metricId('ephemeral_storage/inodes_used');

/** A pod's identity: its uid, or else its name in its namespace. Undefined if it has neither. */
function identityOf(item: unknown): string | undefined {
  const ref = typeof item === 'object' && item !== null ? (item as WirePod).podRef : undefined;
  if (typeof ref !== 'object' || ref === null) return undefined;
  const { uid, name, namespace } = ref as WirePodRef;
  if (!isName(name) || !isName(namespace)) return undefined;
  return isName(uid) ? uid : `${namespace}/${name}`;
}

function decodeStorage(walk: Walk, row: number, value: unknown): void {
  const fs = toBlock<WireFs>(value, walk.faults);
  if (fs === undefined) return;
  setCount(walk, walk.pods, EPHEMERAL_USAGE, row, fs.usedBytes);
  setCount(walk, walk.pods, EPHEMERAL_AVAILABLE, row, fs.availableBytes);
  setCount(walk, walk.pods, EPHEMERAL_INODES, row, fs.inodesUsed);
}

function decodePod(walk: Walk, node: number, pod: WirePod): void {
  const ref = toBlock<WirePodRef>(pod.podRef, walk.faults);
  if (ref === undefined || !isName(ref.name) || !isName(ref.namespace)) {
    countFault(walk.faults, 'bad_pod');
    return;
  }
  const { pods, faults } = walk;
  const strings = walk.builder.strings;
  const row = pods.addRow();
  pods.setParent(row, node);
  pods.setLabel(NODENAME, row, walk.nodename);
  pods.setLabel(HOSTNAME, row, walk.hostname);
  pods.setLabel(HOST_ID, row, walk.hostId);
  if (isName(ref.uid)) pods.setLabel(POD_ID, row, strings.intern(ref.uid));
  else if (ref.uid !== undefined && ref.uid !== null && ref.uid !== '') countFault(faults, 'bad_name');
  pods.setLabel(POD_NAME, row, strings.intern(ref.name));
  pods.setLabel(NAMESPACE_NAME, row, strings.intern(ref.namespace));
  decodeStart(walk, pods, row, pod.startTime);
  decodeCpu(walk, pods, row, pod.cpu);
  decodeMemory(walk, pods, row, pod.memory);
  if (pod.io !== undefined) decodeIo(walk, pods, row, pod.io);
  if (pod.swap !== undefined) decodeSwap(walk, pods, row, pod.swap);
  decodePodNetwork(walk, row, pod.network);
  decodeStorage(walk, row, pod['ephemeral-storage']);
  const processes = toBlock<WireProcessStats>(pod.process_stats, faults);
  if (processes !== undefined) setCount(walk, pods, PROCESSES, row, processes.process_count);
  decodeContainers(walk, row, pod.containers);
  if (pod.volume !== undefined) decodeVolumes(walk, row, pod.volume);
}

/** The pods of a node that has its row: a row each with its containers and volumes, of two by one uid the living one. */
export function decodePods(walk: Walk, node: number, value: unknown): void {
  const list = toList(value, walk.faults);
  const losers = markDuplicates(walk, list, identityOf, 'duplicate_pod');
  for (let i = 0; i < list.length; i++) {
    if (losers !== undefined && losers[i] === 1) continue;
    const pod = toEntry<WirePod>(list[i], walk.faults, 'bad_pod');
    if (pod !== undefined) decodePod(walk, node, pod);
  }
}
