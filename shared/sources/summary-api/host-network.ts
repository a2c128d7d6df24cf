import type { UnixMillis } from '../../core/units.ts';
import type { Walk } from './decode-walk.ts';
import { parseKubeletTime } from './kubelet-time.ts';
import type { WireInterface, WireNetwork } from './wire.ts';

/** By how much the bytes of one interface may differ in two samples, seconds apart; captures show 6 % on a node that pulls images. */
const TOLERANCE = 0.1;

/** Bytes that an interface received and sent; NaN = absent. */
export interface Traffic {
  readonly rx: number;
  readonly tx: number;
}

/** A counter of the wire as a number to compare with; NaN if it is none. */
function toNumber(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

/** Whether a counter went the way of time between two samples, the first taken `lead` milliseconds after the second. */
function isInOrder(first: number, second: number, lead: number): boolean {
  return !(lead > 0 && first < second) && !(lead < 0 && first > second);
}

/** Whether what a pod says of an interface, `lead` milliseconds after the node, can be the node's interface. */
export function isNodeInterface(pod: Traffic, node: Traffic, lead: number): boolean {
  if (!isInOrder(pod.rx, node.rx, lead) || !isInOrder(pod.tx, node.tx, lead)) return false;
  const bytes = pod.rx + pod.tx;
  const nodeBytes = node.rx + node.tx;
  return Math.abs(bytes - nodeBytes) <= TOLERANCE * Math.max(bytes, nodeBytes);
}

function sampleTime(network: WireNetwork): UnixMillis {
  return typeof network.time === 'string' ? parseKubeletTime(network.time) : Number.NaN;
}

/**
 * Whether a pod's block shows the node's own interfaces, i.e. the pod is in the host's network. Names alone do not tell
 * (`eth0` is everywhere), so most of them must be on the node, and more than half of the busy ones must carry the
 * node's counters. Without a name for the default interface, as no pod network has it, the names suffice.
 * False where it cannot be told: the pod's spec, if it is read, has the last word.
 */
export function isHostNetwork(walk: Walk, network: WireNetwork): boolean {
  const index = walk.interfaces;
  const interfaces = network.interfaces;
  if (index.nodeCount === 0 || !Array.isArray(interfaces)) return false;
  const lead = sampleTime(network) - index.nodeTime;
  let shared = 0;
  let busy = 0;
  let agreeing = 0;
  for (let i = 0; i < interfaces.length; i++) {
    const wire: WireInterface | null | undefined = interfaces[i];
    const entry = index.entry(wire?.name);
    if (wire === null || wire === undefined || entry?.onNode !== true) continue;
    shared++;
    const rx = toNumber(wire.rxBytes);
    const tx = toNumber(wire.txBytes);
    if (!(rx > 0 || tx > 0 || entry.rx > 0 || entry.tx > 0)) continue;
    busy++;
    if (isNodeInterface({ rx, tx }, entry, lead)) agreeing++;
  }
  if (shared * 2 < interfaces.length || shared * 2 < index.nodeCount) return false;
  return agreeing * 2 > busy || (!network.name && shared === interfaces.length && shared > 0);
}
