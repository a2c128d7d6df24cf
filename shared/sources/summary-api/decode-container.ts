// hot path: bench "decode"

import { labelIndex } from '../../core/labels.ts';
import { metricId } from '../../core/metrics.ts';
import type { TableBuilder } from '../../core/table-builder.ts';
import { decodeAccelerators } from './decode-accelerators.ts';
import { decodeCpu, decodeFs, decodeIo, decodeMemory, decodeStart, decodeSwap, fsIds } from './decode-blocks.ts';
import { decodeCustomMetrics } from './decode-custom-metrics.ts';
import { markDuplicates } from './decode-duplicates.ts';
import { toEntry, toList } from './decode-values.ts';
import type { Walk } from './decode-walk.ts';
import { countFault } from './faults.ts';
import { isName } from './label-text.ts';
import { legacyName } from './legacy-name.ts';
import type { WireContainer } from './wire.ts';

const NODENAME = labelIndex('nodename');
const HOSTNAME = labelIndex('hostname');
const HOST_ID = labelIndex('host_id');
const POD_ID = labelIndex('pod_id');
const POD_NAME = labelIndex('pod_name');
const NAMESPACE_NAME = labelIndex('namespace_name');
const CONTAINER_NAME = labelIndex('container_name');

const ROOTFS = fsIds('/');
const LOGS = fsIds('logs');
const EPHEMERAL = metricId('ephemeral_storage/usage');

function nameOf(item: unknown): string | undefined {
  const name = typeof item === 'object' && item !== null ? (item as WireContainer).name : undefined;
  return isName(name) ? name : undefined;
}

function systemNameOf(item: unknown): string | undefined {
  const name = nameOf(item);
  return name === undefined ? undefined : legacyName(name);
}

/** Everything that pod containers and system containers have in common, into a row that has its labels. */
function decodeUsage(walk: Walk, table: TableBuilder, row: number, wire: WireContainer): void {
  decodeStart(walk, table, row, wire.startTime);
  decodeCpu(walk, table, row, wire.cpu);
  decodeMemory(walk, table, row, wire.memory);
  if (wire.io !== undefined) decodeIo(walk, table, row, wire.io);
  if (wire.swap !== undefined) decodeSwap(walk, table, row, wire.swap);
  if (wire.rootfs !== undefined) decodeFs(walk, table, row, wire.rootfs, ROOTFS);
  if (wire.logs !== undefined) decodeFs(walk, table, row, wire.logs, LOGS);
  const ephemeral = table.get(ROOTFS.used, row) + table.get(LOGS.used, row);
  if (!Number.isNaN(ephemeral)) table.set(EPHEMERAL, row, ephemeral);
  if (wire.accelerators !== undefined) decodeAccelerators(walk, table, row, wire.accelerators);
  if (wire.userDefinedMetrics !== undefined) decodeCustomMetrics(walk, table, row, wire.userDefinedMetrics);
}

function setNodeLabels(walk: Walk, table: TableBuilder, row: number): void {
  table.setLabel(NODENAME, row, walk.nodename);
  table.setLabel(HOSTNAME, row, walk.hostname);
  table.setLabel(HOST_ID, row, walk.hostId);
}

/** The containers of a pod that has its row and labels: a row each, of two by one name the living one. */
export function decodeContainers(walk: Walk, pod: number, value: unknown): void {
  const list = toList(value, walk.faults);
  const losers = markDuplicates(walk, list, nameOf, 'duplicate_container');
  const { pods, containers } = walk;
  for (let i = 0; i < list.length; i++) {
    if (losers !== undefined && losers[i] === 1) continue;
    const wire = toEntry<WireContainer>(list[i], walk.faults, 'bad_container');
    if (wire === undefined) continue;
    if (!isName(wire.name)) {
      countFault(walk.faults, 'bad_container');
      continue;
    }
    const row = containers.addRow();
    containers.setParent(row, pod);
    setNodeLabels(walk, containers, row);
    containers.setLabel(POD_ID, row, pods.getLabel(POD_ID, pod));
    containers.setLabel(POD_NAME, row, pods.getLabel(POD_NAME, pod));
    containers.setLabel(NAMESPACE_NAME, row, pods.getLabel(NAMESPACE_NAME, pod));
    containers.setLabel(CONTAINER_NAME, row, walk.builder.strings.intern(wire.name));
    decodeUsage(walk, containers, row, wire);
  }
}

/** The system containers of a node (kubelet, runtime, pods …) under Heapster's names. */
export function decodeSystemContainers(walk: Walk, node: number, value: unknown): void {
  const list = toList(value, walk.faults);
  const losers = markDuplicates(walk, list, systemNameOf, 'duplicate_system_container');
  const table = walk.sysContainers;
  for (let i = 0; i < list.length; i++) {
    if (losers !== undefined && losers[i] === 1) continue;
    const wire = toEntry<WireContainer>(list[i], walk.faults, 'bad_system_container');
    if (wire === undefined) continue;
    const name = systemNameOf(wire);
    if (name === undefined) {
      countFault(walk.faults, 'bad_system_container');
      continue;
    }
    const row = table.addRow();
    table.setParent(row, node);
    setNodeLabels(walk, table, row);
    table.setLabel(CONTAINER_NAME, row, walk.builder.strings.intern(name));
    decodeUsage(walk, table, row, wire);
  }
}
