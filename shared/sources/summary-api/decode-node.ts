// hot path: bench "decode"
import { labelIndex } from '../../core/labels.ts';
import { metricId } from '../../core/metrics.ts';
import { decodeCpu, decodeFs, decodeIo, decodeMemory, decodeStart, decodeSwap, fsIds } from './decode-blocks.ts';
import { decodeNodeNetwork } from './decode-network.ts';
import { setCount, toBlock } from './decode-values.ts';
import type { Walk } from './decode-walk.ts';
import type { WireNode, WireRlimit, WireRuntime } from './wire.ts';

const NODENAME = labelIndex('nodename');
const HOSTNAME = labelIndex('hostname');
const HOST_ID = labelIndex('host_id');

const ROOT = fsIds('/');
const IMAGES = fsIds('imagefs');
const LAYERS = fsIds('containerfs');
const EPHEMERAL = metricId('ephemeral_storage/usage');
const PID_LIMIT = metricId('pid/limit');
const PID_USAGE = metricId('pid/usage');

function decodeRuntime(walk: Walk, row: number, value: unknown): void {
  const runtime = toBlock<WireRuntime>(value, walk.faults);
  if (runtime === undefined) return;
  decodeFs(walk, walk.nodes, row, runtime.imageFs, IMAGES);
  decodeFs(walk, walk.nodes, row, runtime.containerFs, LAYERS);
}

function decodeRlimit(walk: Walk, row: number, value: unknown): void {
  const rlimit = toBlock<WireRlimit>(value, walk.faults);
  if (rlimit === undefined) return;
  setCount(walk, walk.nodes, PID_LIMIT, row, rlimit.maxpid);
  setCount(walk, walk.nodes, PID_USAGE, row, rlimit.curproc);
}

/** The node's own row, without its system containers; returns its index. */
export function decodeNode(walk: Walk, node: WireNode): number {
  const table = walk.nodes;
  const row = table.addRow();
  table.setLabel(NODENAME, row, walk.nodename);
  table.setLabel(HOSTNAME, row, walk.hostname);
  table.setLabel(HOST_ID, row, walk.hostId);
  decodeStart(walk, table, row, node.startTime);
  decodeCpu(walk, table, row, node.cpu);
  decodeMemory(walk, table, row, node.memory);
  decodeIo(walk, table, row, node.io);
  decodeSwap(walk, table, row, node.swap);
  decodeNodeNetwork(walk, row, node.network);
  decodeFs(walk, table, row, node.fs, ROOT);
  const used = table.get(ROOT.used, row);
  if (!Number.isNaN(used)) table.set(EPHEMERAL, row, used);
  decodeRuntime(walk, row, node.runtime);
  decodeRlimit(walk, row, node.rlimit);
  return row;
}
