// hot path: bench "decode"
import { ROW_FLAGS } from '../../../core/batch.ts';
import { metricId, SAMPLE_CLOCKS } from '../../../core/metrics.ts';
import type { TableBuilder } from '../../../core/table-builder.ts';
import { isNodeInterface } from '../host-network.ts';
import { ZERO_TIME } from '../kubelet-time.ts';
import { isPhysicalInterface } from '../physical-interface.ts';
import type { Entity } from './layout.ts';
import type { NameTable } from './name-table.ts';
import type { Scanned } from './scanned.ts';
import type { Stage } from './stage.ts';
import { STAGES, type SummaryLayout } from './summary-layout.ts';
import type { Target } from './write-rows.ts';

const NETWORK_CLOCK = SAMPLE_CLOCKS.indexOf('network');
const RX = metricId('network/rx');
const RX_ERRORS = metricId('network/rx_errors');
const TX = metricId('network/tx');
const TX_ERRORS = metricId('network/tx_errors');
const INTERFACE_RX = metricId('network/interface_rx');
const INTERFACE_RX_ERRORS = metricId('network/interface_rx_errors');
const INTERFACE_TX = metricId('network/interface_tx');
const INTERFACE_TX_ERRORS = metricId('network/interface_tx_errors');

/** Writes the networks of a document's node and pods, as `decode-network.ts` does. */
export interface NetworkWriter {
  writeNode(scanned: Scanned, target: Target): void;
  writePods(scanned: Scanned, target: Target): void;
}

interface TrafficSlots {
  readonly name: number;
  readonly rx: number;
  readonly rxErrors: number;
  readonly tx: number;
  readonly txErrors: number;
}

/** Rows [from, to) of a stage. */
interface Run {
  readonly stage: Stage;
  readonly from: number;
  readonly to: number;
}

function trafficSlots(entity: Entity): TrafficSlots {
  return {
    name: entity.slot('interface'),
    rx: entity.slot('rx'),
    rxErrors: entity.slot('rx_errors'),
    tx: entity.slot('tx'),
    txErrors: entity.slot('tx_errors'),
  };
}

function setIf(table: TableBuilder, metric: number, row: number, value: number): void {
  if (!Number.isNaN(value)) table.set(metric, row, value);
}

function addIf(table: TableBuilder, row: number, metric: number, own: number, value: number): void {
  if (!Number.isNaN(value)) table.addSparse(row, metric, own, value);
}

function hasDefault(stage: Stage, row: number, slots: TrafficSlots): boolean {
  return !Number.isNaN(stage.value(row, slots.rx)) || !Number.isNaN(stage.value(row, slots.tx));
}

/** Row `from` of a stage as the default interface of a row. */
function writeDefault(table: TableBuilder, row: number, stage: Stage, from: number, slots: TrafficSlots): void {
  setIf(table, RX, row, stage.value(from, slots.rx));
  setIf(table, RX_ERRORS, row, stage.value(from, slots.rxErrors));
  setIf(table, TX, row, stage.value(from, slots.tx));
  setIf(table, TX_ERRORS, row, stage.value(from, slots.txErrors));
}

function writeInterfaces(
  table: TableBuilder,
  row: number,
  { stage, from, to }: Run,
  names: NameTable,
  slots: TrafficSlots,
): void {
  for (let i = from; i < to; i++) {
    const own = names.interfaceLabels(stage.id(i, slots.name));
    addIf(table, row, INTERFACE_RX, own, stage.value(i, slots.rx));
    addIf(table, row, INTERFACE_TX, own, stage.value(i, slots.tx));
    addIf(table, row, INTERFACE_RX_ERRORS, own, stage.value(i, slots.rxErrors));
    addIf(table, row, INTERFACE_TX_ERRORS, own, stage.value(i, slots.txErrors));
  }
}

/** The only interface with a physical name; -1 if there is none, or several. */
function onlyPhysical(names: NameTable, stage: Stage, slots: TrafficSlots): number {
  let found = -1;
  for (let i = 0; i < stage.rows; i++) {
    if (!isPhysicalInterface(names.text(stage.id(i, slots.name)))) continue;
    if (found >= 0) return -1;
    found = i;
  }
  return found;
}

/** `isHostNetwork` on staged rows: `of` are the pod's interfaces, `lead` is how long after the node's they were sampled. */
function sharesNode({ names, stages }: Scanned, of: Run, lead: number, slots: TrafficSlots, isNamed: boolean): boolean {
  const node = stages[STAGES.nodeInterface]!;
  const count = of.to - of.from;
  if (node.rows === 0) return false;
  let shared = 0;
  let busy = 0;
  let agreeing = 0;
  for (let i = of.from; i < of.to; i++) {
    const at = names.nodeInterfaces.get(of.stage.id(i, slots.name));
    if (at < 0) continue;
    shared++;
    const pod = { rx: of.stage.value(i, slots.rx), tx: of.stage.value(i, slots.tx) };
    const own = { rx: node.value(at, slots.rx), tx: node.value(at, slots.tx) };
    if (!(pod.rx > 0 || pod.tx > 0 || own.rx > 0 || own.tx > 0)) continue;
    busy++;
    if (isNodeInterface(pod, own, lead)) agreeing++;
  }
  if (shared * 2 < count || shared * 2 < node.rows) return false;
  return agreeing * 2 > busy || (!isNamed && shared === count && shared > 0);
}

export function createNetworkWriter(layout: SummaryLayout): NetworkWriter {
  const ofNode = trafficSlots(layout.node);
  const ofPod = trafficSlots(layout.pod);
  const listed = trafficSlots(layout.podInterface);
  const nodeSampled = layout.node.slot('sampled:network');
  const podSampled = layout.pod.slot('sampled:network');

  return {
    writeNode({ names, stages }, { stage, table, first }) {
      const interfaces = stages[STAGES.nodeInterface]!;
      const sampled = stage.value(0, nodeSampled);
      if (sampled > ZERO_TIME) table.setSampled(NETWORK_CLOCK, first, sampled);
      names.nodeInterfaces.begin();
      for (let i = 0; i < interfaces.rows; i++) names.nodeInterfaces.add(interfaces.id(i, listed.name), i);
      writeInterfaces(table, first, { stage: interfaces, from: 0, to: interfaces.rows }, names.table, listed);
      if (hasDefault(stage, 0, ofNode)) return writeDefault(table, first, stage, 0, ofNode);
      if (stage.nameLength(0, ofNode.name) > 0) return;
      const physical = onlyPhysical(names.table, interfaces, listed);
      if (physical >= 0) writeDefault(table, first, interfaces, physical, listed);
    },
    writePods(scanned, { stage, table, first }) {
      const { names, stages } = scanned;
      const interfaces = stages[STAGES.podInterface]!;
      const nodeAt = stages[STAGES.node]!.value(0, nodeSampled);
      const nodeTime = nodeAt > ZERO_TIME ? nodeAt : Number.NaN;
      for (let pod = 0, to = 0; pod < stage.rows; pod++) {
        const from = to;
        while (to < interfaces.rows && interfaces.parents[to] === pod) to++;
        const run = { stage: interfaces, from, to };
        const sampled = stage.value(pod, podSampled);
        const entry = stage.id(pod, ofPod.name);
        const hosts = sharesNode(scanned, run, sampled - nodeTime, listed, entry >= 0);
        const ownDefault = hasDefault(stage, pod, ofPod) && entry >= 0 && names.nodeInterfaces.get(entry) < 0;
        const row = first + pod;
        if (hosts && !ownDefault) {
          table.addFlag(row, ROW_FLAGS.hostNetwork);
          continue;
        }
        if (sampled > ZERO_TIME) table.setSampled(NETWORK_CLOCK, row, sampled);
        writeDefault(table, row, stage, pod, ofPod);
        if (!hosts) writeInterfaces(table, row, run, names.table, listed);
      }
    },
  };
}
