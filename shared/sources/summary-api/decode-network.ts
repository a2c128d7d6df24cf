// hot path: bench "decode"
import { ROW_FLAGS } from '../../core/batch.ts';
import { metricId, SAMPLE_CLOCKS } from '../../core/metrics.ts';
import type { TableBuilder } from '../../core/table-builder.ts';
import { setCount, toBlock, toCount, toEntry, toList, toTime } from './decode-values.ts';
import type { Walk } from './decode-walk.ts';
import { countFault } from './faults.ts';
import { isHostNetwork } from './host-network.ts';
import { isPhysicalInterface } from './physical-interface.ts';
import type { WireInterface, WireNetwork } from './wire.ts';

const RX = metricId('network/rx');
const RX_ERRORS = metricId('network/rx_errors');
const TX = metricId('network/tx');
const TX_ERRORS = metricId('network/tx_errors');
const INTERFACE_RX = metricId('network/interface_rx');
const INTERFACE_RX_ERRORS = metricId('network/interface_rx_errors');
const INTERFACE_TX = metricId('network/interface_tx');
const INTERFACE_TX_ERRORS = metricId('network/interface_tx_errors');

const NETWORK_CLOCK = SAMPLE_CLOCKS.indexOf('network');

function addSparse(walk: Walk, table: TableBuilder, row: number, metric: number, own: number, value: unknown): number {
  const count = toCount(value, walk.faults);
  if (!Number.isNaN(count)) table.addSparse(row, metric, own, count);
  return count;
}

/** All interfaces of a block as sparse values; those of the node are kept to compare pods with. */
function decodeInterfaces(walk: Walk, table: TableBuilder, row: number, value: unknown, ofNode: boolean): void {
  const interfaces = toList(value, walk.faults);
  const list = walk.interfaces.nextList();
  for (let i = 0; i < interfaces.length; i++) {
    const wire = toEntry<WireInterface>(interfaces[i], walk.faults, 'bad_interface');
    if (wire === undefined) continue;
    const entry = walk.interfaces.entry(wire.name);
    if (entry === undefined) {
      countFault(walk.faults, 'bad_interface');
      continue;
    }
    if (entry.list === list) {
      countFault(walk.faults, 'duplicate_interface');
      continue;
    }
    entry.list = list;
    const rx = addSparse(walk, table, row, INTERFACE_RX, entry.own, wire.rxBytes);
    const tx = addSparse(walk, table, row, INTERFACE_TX, entry.own, wire.txBytes);
    addSparse(walk, table, row, INTERFACE_RX_ERRORS, entry.own, wire.rxErrors);
    addSparse(walk, table, row, INTERFACE_TX_ERRORS, entry.own, wire.txErrors);
    if (!ofNode) continue;
    entry.onNode = true;
    entry.rx = rx;
    entry.tx = tx;
    walk.interfaces.nodeCount++;
  }
}

function setDefault(walk: Walk, table: TableBuilder, row: number, wire: WireInterface): void {
  setCount(walk, table, RX, row, wire.rxBytes);
  setCount(walk, table, RX_ERRORS, row, wire.rxErrors);
  setCount(walk, table, TX, row, wire.txBytes);
  setCount(walk, table, TX_ERRORS, row, wire.txErrors);
}

function hasDefault(network: WireNetwork): boolean {
  return network.rxBytes !== undefined || network.txBytes !== undefined;
}

/** The interface of a list that must be the default one, because it is the only one with a physical name. */
function onlyPhysical(interfaces: readonly unknown[]): WireInterface | undefined {
  let found: WireInterface | undefined;
  for (const item of interfaces) {
    const name = typeof item === 'object' && item !== null ? (item as WireInterface).name : undefined;
    if (typeof name !== 'string' || !isPhysicalInterface(name)) continue;
    if (found !== undefined) return undefined;
    found = item as WireInterface;
  }
  return found;
}

/**
 * The node's network. The kubelet calls only `eth0` the default interface; where there is none (`ens4`, Windows), the
 * one interface with a physical name stands for it, and with none or several of them the node has no default values.
 */
export function decodeNodeNetwork(walk: Walk, row: number, value: unknown): void {
  const network = toBlock<WireNetwork>(value, walk.faults);
  if (network === undefined) return;
  const at = toTime(network.time, walk);
  walk.nodes.setSampled(NETWORK_CLOCK, row, at);
  walk.interfaces.nodeTime = at;
  decodeInterfaces(walk, walk.nodes, row, network.interfaces, true);
  if (hasDefault(network)) setDefault(walk, walk.nodes, row, network);
  else if (!network.name && Array.isArray(network.interfaces)) {
    const physical = onlyPhysical(network.interfaces);
    if (physical !== undefined) setDefault(walk, walk.nodes, row, physical);
  }
}

/**
 * A pod's network. In a pod of the host network the block is the node's own: it is flagged and not read, so that the
 * node's traffic is not counted again. Some kubelets list the node's interfaces beside a default interface that is
 * the pod's own (GKE's dataplane v2): then only the default one is the pod's.
 */
export function decodePodNetwork(walk: Walk, row: number, value: unknown): void {
  const network = toBlock<WireNetwork>(value, walk.faults);
  if (network === undefined) return;
  const hosts = isHostNetwork(walk, network);
  const ownDefault = hasDefault(network) && walk.interfaces.entry(network.name)?.onNode === false;
  if (hosts && !ownDefault) {
    walk.pods.addFlag(row, ROW_FLAGS.hostNetwork);
    return;
  }
  walk.pods.setSampled(NETWORK_CLOCK, row, toTime(network.time, walk));
  setDefault(walk, walk.pods, row, network);
  if (!hosts) decodeInterfaces(walk, walk.pods, row, network.interfaces, false);
}
