import type { Millis, UnixMillis } from '../../../shared/core/units.ts';

/** Blocks of the kubelet's document as release 1.36 writes them. Source: kubelet pkg/apis/stats/v1alpha1. */
export type Block = Readonly<Record<string, unknown>>;

/** What one entity (node, system container, pod, container) did up to a sample. */
export interface Activity {
  readonly sampledAt: UnixMillis;
  /** Core-milliseconds since its counters began, and those of the sampling interval before. */
  readonly coreMillis: number;
  readonly lastCoreMillis: number;
  /** Length of that interval; 0 = the first sample, which has no rate. */
  readonly interval: Millis;
  /** Bytes of the working set; the limit (undefined = none). */
  readonly workingSet: number;
  readonly limit: number | undefined;
  /** Part of the time in which tasks waited for a CPU, 0..1. */
  readonly stall: number;
}

const NANOS = 1e6;
/** Page faults, and bytes of block device waits, for each core-millisecond: anything that grows with the work. */
const FAULTS_PER_CORE_MILLI = 0.08;

/** One-second precision, as metav1.Time is written. */
export function toStamp(at: UnixMillis): string {
  return `${new Date(Math.floor(at / 1_000) * 1_000).toISOString().slice(0, 19)}Z`;
}

export function cpuBlock(activity: Activity): Block {
  const { coreMillis, lastCoreMillis, interval, stall } = activity;
  return {
    time: toStamp(activity.sampledAt),
    ...(interval > 0 && { usageNanoCores: Math.round((lastCoreMillis / interval) * 1e9) }),
    usageCoreNanoSeconds: Math.floor(coreMillis * NANOS),
    psi: psi(Math.floor(coreMillis * stall * 1_000), stall),
  };
}

export function memoryBlock(activity: Activity): Block {
  const { workingSet, limit, coreMillis } = activity;
  const faults = Math.floor(coreMillis * FAULTS_PER_CORE_MILLI);
  return {
    time: toStamp(activity.sampledAt),
    ...(limit !== undefined && { availableBytes: Math.max(0, limit - workingSet) }),
    usageBytes: pages(workingSet * 1.18),
    workingSetBytes: workingSet,
    rssBytes: pages(workingSet * 0.86),
    pageFaults: faults,
    majorPageFaults: Math.floor(faults / 4_000),
    psi: psi(0, 0),
  };
}

export function ioBlock(activity: Activity): Block {
  return { time: toStamp(activity.sampledAt), psi: psi(Math.floor(activity.coreMillis * 0.2), activity.stall / 20) };
}

/** `available` only where the kernel tells it: nodes and containers. */
export function swapBlock(at: UnixMillis, available: number | undefined): Block {
  return {
    time: toStamp(at),
    ...(available !== undefined && { swapAvailableBytes: available }),
    swapUsageBytes: 0,
  };
}

export function networkBlock(at: UnixMillis, interfaces: Readonly<Record<string, number>>): Block {
  const blocks = Object.entries(interfaces).map(([name, received]) => ({
    name,
    rxBytes: Math.floor(received),
    rxErrors: 0,
    txBytes: Math.floor(received * 2),
    txErrors: Math.floor(received / 4e9),
  }));
  const main = blocks.find((block) => block.name === 'eth0');
  return { time: toStamp(at), ...main, interfaces: blocks };
}

export interface FileSystem {
  readonly capacity: number;
  /** Used by everybody on it, and by this entity. */
  readonly usedOfAll: number;
  readonly used: number;
}

const BYTES_PER_INODE = 16_384;

export function fsBlock(at: UnixMillis, { capacity, usedOfAll, used }: FileSystem): Block {
  const inodes = Math.floor(capacity / BYTES_PER_INODE);
  return {
    time: toStamp(at),
    availableBytes: pages(Math.max(0, capacity - usedOfAll)),
    capacityBytes: capacity,
    usedBytes: pages(used),
    inodesFree: inodes - Math.floor(usedOfAll / 65_536),
    inodes,
    inodesUsed: Math.ceil(used / 65_536),
  };
}

/** Whole pages of 4 KiB. */
export function pages(bytes: number): number {
  return Math.floor(bytes / 4_096) * 4_096;
}

/** Totals are microseconds; averages are percent. */
function psi(total: number, share: number): Block {
  const percent = Math.round(share * 10_000) / 100;
  const averages = (part: number) => ({
    avg10: Math.round(percent * part * 100) / 100,
    avg60: Math.round(percent * part * 90) / 100,
    avg300: Math.round(percent * part * 80) / 100,
  });
  return { full: { total: Math.floor(total * 0.9), ...averages(0.9) }, some: { total, ...averages(1) } };
}
