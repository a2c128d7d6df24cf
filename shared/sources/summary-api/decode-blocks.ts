// hot path: bench "decode"
import { ROW_FLAGS } from '../../core/batch.ts';
import { metricId, SAMPLE_CLOCKS } from '../../core/metrics.ts';
import type { TableBuilder } from '../../core/table-builder.ts';
import { setAmount, setCount, toAmount, toBlock, toTime } from './decode-values.ts';
import type { Walk } from './decode-walk.ts';
import type { WireCpu, WireFs, WireIo, WireMemory, WirePsi, WirePsiShare, WireSwap } from './wire.ts';

/** Nanocores in a millicore. */
const NANOCORES = 1e6;

const UPTIME = metricId('uptime');
const CPU_USAGE = metricId('cpu/usage');
const CPU_RATE = metricId('cpu/usage_rate');
const MEMORY_USAGE = metricId('memory/usage');
const MEMORY_WORKING_SET = metricId('memory/working_set');
const MEMORY_RSS = metricId('memory/rss');
const MEMORY_AVAILABLE = metricId('memory/available');
const PAGE_FAULTS = metricId('memory/page_faults');
const MAJOR_PAGE_FAULTS = metricId('memory/major_page_faults');
const SWAP_USAGE = metricId('swap/usage');
const SWAP_AVAILABLE = metricId('swap/available');

const CPU_CLOCK = SAMPLE_CLOCKS.indexOf('cpu');
const MEMORY_CLOCK = SAMPLE_CLOCKS.indexOf('memory');
const IO_CLOCK = SAMPLE_CLOCKS.indexOf('io');

interface ShareIds {
  readonly total: number;
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
}

interface PressureIds {
  readonly some: ShareIds;
  readonly full: ShareIds;
}

function shareIds(resource: string, share: string): ShareIds {
  const id = (suffix: string): number => metricId(`${resource}/pressure_${suffix}[${share}]`);
  return { total: id('total'), avg10: id('avg10'), avg60: id('avg60'), avg300: id('avg300') };
}

function pressureIds(resource: string): PressureIds {
  return { some: shareIds(resource, 'some'), full: shareIds(resource, 'full') };
}

const CPU_PRESSURE = pressureIds('cpu');
const MEMORY_PRESSURE = pressureIds('memory');
const IO_PRESSURE = pressureIds('io');

/** Columns of one filesystem. */
export interface FsIds {
  readonly used: number;
  readonly capacity: number;
  readonly available: number;
  readonly inodes: number;
  readonly inodesFree: number;
  readonly inodesUsed: number;
}

/** The columns of the filesystem with a fixed `resource_id`; undefined = the volume's own. */
export function fsIds(resourceId: string | undefined): FsIds {
  const id = (name: string): number =>
    metricId(resourceId === undefined ? `filesystem/${name}` : `filesystem/${name}[${resourceId}]`);
  return {
    used: id('usage'),
    capacity: id('limit'),
    available: id('available'),
    inodes: id('inodes'),
    inodesFree: id('inodes_free'),
    inodesUsed: id('inodes_used'),
  };
}

/** `startTime`: start of the row's counters, and `uptime` unless it lies ahead of now. */
export function decodeStart(walk: Walk, table: TableBuilder, row: number, value: unknown): void {
  const start = toTime(value, walk);
  if (Number.isNaN(start)) return;
  table.setStart(row, start);
  if (start <= walk.now) table.set(UPTIME, row, walk.now - start);
}

function decodeShare(walk: Walk, table: TableBuilder, row: number, value: unknown, ids: ShareIds): void {
  const share = toBlock<WirePsiShare>(value, walk.faults);
  if (share === undefined) return;
  setCount(walk, table, ids.total, row, share.total);
  setAmount(walk, table, ids.avg10, row, share.avg10);
  setAmount(walk, table, ids.avg60, row, share.avg60);
  setAmount(walk, table, ids.avg300, row, share.avg300);
}

function decodePressure(walk: Walk, table: TableBuilder, row: number, value: unknown, ids: PressureIds): void {
  const psi = toBlock<WirePsi>(value, walk.faults);
  if (psi === undefined) return;
  decodeShare(walk, table, row, psi.some, ids.some);
  decodeShare(walk, table, row, psi.full, ids.full);
}

/** CPU: the counter, its sample time, and the kubelet's own rate until the rate calculator knows better. */
export function decodeCpu(walk: Walk, table: TableBuilder, row: number, value: unknown): void {
  const cpu = toBlock<WireCpu>(value, walk.faults);
  if (cpu === undefined) return;
  table.setSampled(CPU_CLOCK, row, toTime(cpu.time, walk));
  setCount(walk, table, CPU_USAGE, row, cpu.usageCoreNanoSeconds);
  if (cpu.usageNanoCores !== undefined) {
    const nanocores = toAmount(cpu.usageNanoCores, walk.faults);
    if (!Number.isNaN(nanocores)) {
      table.set(CPU_RATE, row, nanocores / NANOCORES);
      table.addFlag(row, ROW_FLAGS.cpuRateFallback);
    }
  }
  if (cpu.psi !== undefined) decodePressure(walk, table, row, cpu.psi, CPU_PRESSURE);
}

export function decodeMemory(walk: Walk, table: TableBuilder, row: number, value: unknown): void {
  const memory = toBlock<WireMemory>(value, walk.faults);
  if (memory === undefined) return;
  table.setSampled(MEMORY_CLOCK, row, toTime(memory.time, walk));
  setCount(walk, table, MEMORY_AVAILABLE, row, memory.availableBytes);
  setCount(walk, table, MEMORY_USAGE, row, memory.usageBytes);
  setCount(walk, table, MEMORY_WORKING_SET, row, memory.workingSetBytes);
  setCount(walk, table, MEMORY_RSS, row, memory.rssBytes);
  setCount(walk, table, PAGE_FAULTS, row, memory.pageFaults);
  setCount(walk, table, MAJOR_PAGE_FAULTS, row, memory.majorPageFaults);
  if (memory.psi !== undefined) decodePressure(walk, table, row, memory.psi, MEMORY_PRESSURE);
}

export function decodeIo(walk: Walk, table: TableBuilder, row: number, value: unknown): void {
  const io = toBlock<WireIo>(value, walk.faults);
  if (io === undefined) return;
  table.setSampled(IO_CLOCK, row, toTime(io.time, walk));
  decodePressure(walk, table, row, io.psi, IO_PRESSURE);
}

export function decodeSwap(walk: Walk, table: TableBuilder, row: number, value: unknown): void {
  const swap = toBlock<WireSwap>(value, walk.faults);
  if (swap === undefined) return;
  setCount(walk, table, SWAP_AVAILABLE, row, swap.swapAvailableBytes);
  setCount(walk, table, SWAP_USAGE, row, swap.swapUsageBytes);
}

/** A filesystem into its columns. */
export function setFs(walk: Walk, table: TableBuilder, row: number, fs: WireFs, ids: FsIds): void {
  setCount(walk, table, ids.available, row, fs.availableBytes);
  setCount(walk, table, ids.capacity, row, fs.capacityBytes);
  setCount(walk, table, ids.used, row, fs.usedBytes);
  setCount(walk, table, ids.inodesFree, row, fs.inodesFree);
  setCount(walk, table, ids.inodes, row, fs.inodes);
  setCount(walk, table, ids.inodesUsed, row, fs.inodesUsed);
}

/** A filesystem block into its columns, if there is one. */
export function decodeFs(walk: Walk, table: TableBuilder, row: number, value: unknown, ids: FsIds): void {
  const fs = toBlock<WireFs>(value, walk.faults);
  if (fs !== undefined) setFs(walk, table, row, fs, ids);
}
