// hot path: bench "rates"
import { ROW_FLAGS } from '../core/batch.ts';
import type { MetricBatchBuilder } from '../core/batch-builder.ts';
import { metricId, SAMPLE_CLOCKS } from '../core/metrics.ts';
import type { TableBuilder } from '../core/table-builder.ts';
import { MINUTE, type Millis, SECOND, type UnixMillis } from '../core/units.ts';
import type { NodeRows } from '../sources/source.ts';
import { COUNTER_COLUMNS, counterRows, type NodeCounters, RATED_COUNTERS } from '../state/counters.ts';
import { matchRows, rowKeys } from './rate-rows.ts';
import { CLOCK_COLUMNS, RATE_TABLE, type RateEntry, START_COLUMN } from './rate-table.ts';

/** What `calculateRates` did to one node. */
export interface RateResult {
  /** The samples to compare with in the next tick. */
  readonly counters: NodeCounters;
  /** Rate values written. */
  readonly computed: number;
  /** Rows whose `cpu/usage_rate` is the kubelet's own estimate. */
  readonly fallback: number;
  /** Rows of which a counter began anew. */
  readonly reset: number;
  /** Rate values absent because the kubelet has not sampled again. */
  readonly stale: number;
  /** Rate values left out because they cannot be true. */
  readonly implausible: number;
}

/** Start times drift (Heapster's #1846) and have whole seconds: a smaller move is no restart. */
export const START_TOLERANCE: Millis = 5 * SECOND;
/** A start time has whole seconds: a rate since then is made from this age on (error at most 10 %). */
export const LEAST_AGE: Millis = 10 * SECOND;
/** A sample that is older than the saved one by more than this means that the node's clock was put back. */
export const CLOCK_SET_BACK: Millis = 2 * MINUTE;

/** The longest time that one rate averages over; after a longer gap a sample counts as the first. */
export function longestGap(resolution: Millis): Millis {
  return Math.max(10 * resolution, 10 * MINUTE);
}

const CPU_RATE = metricId('cpu/usage_rate');
const CPU_USAGE = metricId('cpu/usage');
const CPU_USAGE_COLUMN = COUNTER_COLUMNS.indexOf('cpu/usage');
const CPU_CAPACITY = metricId('cpu/node_capacity');
/** A rate above this multiple of the node's capacity is implausible; coarse sample times alone can double one. */
const CAPACITY_FACTOR = 4;
/** Start, sample times and counters; what follows them in `COUNTER_COLUMNS` is rare. */
const BLOCK_COLUMNS = COUNTER_COLUMNS.length - RATED_COUNTERS.length;
const NO_COLUMNS: readonly undefined[] = COUNTER_COLUMNS.map(() => undefined);

interface Work {
  readonly tick: UnixMillis;
  readonly longest: Millis;
  readonly cpuLimit: number;
  readonly rows: number;
  /** By row: its row in `before`; -1 = none. */
  readonly matched: Int32Array;
  readonly before: readonly (Float64Array | undefined)[];
  readonly after: (Float64Array | undefined)[];
  /** Room for the columns of `after` that most nodes have: one block a node instead of many. */
  readonly block: Float64Array;
  /** By `SAMPLE_CLOCKS`: the sample times of this tick by row; NaN = absent. */
  readonly sampled: readonly Float64Array[];
  /** By row: 1 = its start time says that it began anew; 2 = a counter of it did. */
  readonly anew: Uint8Array;
  computed: number;
  fallback: number;
  stale: number;
  implausible: number;
}

/** A part of the node's rows: `count` rows of `table` from `from` on are rows `offset` … of the counters. */
interface Segment {
  readonly table: TableBuilder;
  readonly from: number;
  readonly count: number;
  readonly offset: number;
}

/**
 * Writes the rates of one node's rows, each counter against its own last sample and on its own sample clock, and returns
 * the samples to save. A rate is the average between two samples: absent without a strictly later one (the saved sample
 * stays, so that the next tick has a rate; the last rate is not repeated). A counter that is smaller than before, or whose
 * pod or container started since, began anew: its rate is the average since that start if it is known to lie after the
 * saved sample, else absent. Rates are never negative. The provisional `cpu/usage_rate` (kubelet's estimate, flagged) stays
 * only where the sample is a first one: a new row, a restart whose start is not known, a gap above `longestGap`.
 * The bound of CPU rates is `cpu/node_capacity` of the node's row if it is there already.
 */
export function calculateRates(
  builder: MetricBatchBuilder,
  rows: NodeRows,
  previous: NodeCounters | undefined,
  tick: UnixMillis,
): RateResult {
  const keys = rowKeys(builder, rows);
  if (previous !== undefined && previous.node !== keys.node) {
    throw new RangeError(`the rows are those of node ${keys.node}, the saved counters those of ${previous.node}`);
  }
  const count = counterRows(keys);
  const capacity = builder.table('node').get(CPU_CAPACITY, rows.node);
  const work: Work = {
    tick,
    longest: longestGap(builder.resolution),
    cpuLimit: capacity > 0 ? capacity * CAPACITY_FACTOR : Number.POSITIVE_INFINITY,
    rows: count,
    matched: previous === undefined ? new Int32Array(count).fill(-1) : matchRows(keys, previous),
    before: previous?.columns ?? NO_COLUMNS,
    after: new Array(COUNTER_COLUMNS.length).fill(undefined),
    block: new Float64Array(count * BLOCK_COLUMNS).fill(Number.NaN),
    sampled: SAMPLE_CLOCKS.map(() => new Float64Array(count)),
    anew: new Uint8Array(count),
    computed: 0,
    fallback: 0,
    stale: 0,
    implausible: 0,
  };
  rateRows(work, { table: builder.table('node'), from: rows.node, count: 1, offset: 0 }, false);
  let offset = 1;
  for (const { level, range, trusted } of [
    { level: 'sys_container', range: rows.sysContainers, trusted: false },
    { level: 'pod', range: rows.pods, trusted: true },
    { level: 'pod_container', range: rows.containers, trusted: true },
  ] as const) {
    const segment = { table: builder.table(level), from: range.from, count: range.to - range.from, offset };
    rateRows(work, segment, trusted);
    offset += segment.count;
  }
  let reset = 0;
  for (let row = 0; row < count; row++) if ((work.anew[row]! & 2) !== 0) reset++;
  const stamp = previous === undefined ? tick : Math.max(tick, previous.stamp);
  const { computed, fallback, stale, implausible } = work;
  return { counters: { ...keys, stamp, columns: work.after }, computed, fallback, reset, stale, implausible };
}

function rateRows(work: Work, segment: Segment, trusted: boolean): void {
  saveStarts(work, segment, trusted);
  for (let clock = 0; clock < SAMPLE_CLOCKS.length; clock++) saveSampleTimes(work, segment, clock);
  for (let i = 0; i < RATE_TABLE.length; i++) rateCounter(work, segment, RATE_TABLE[i]!);
  const { table, from, count } = segment;
  for (let row = from; row < from + count; row++) if (table.hasFlag(row, ROW_FLAGS.cpuRateFallback)) work.fallback++;
}

function saved(work: Work, column: number): Float64Array {
  let values = work.after[column];
  if (values === undefined) {
    values =
      column < BLOCK_COLUMNS
        ? work.block.subarray(column * work.rows, (column + 1) * work.rows)
        : new Float64Array(work.rows).fill(Number.NaN);
    work.after[column] = values;
  }
  return values;
}

/**
 * Pods and containers carry the time they were started. A node's and a system container's start is the age of a cgroup's
 * folder, which moves while the counters go on: there it needs a CPU counter that is smaller than before.
 */
function saveStarts(work: Work, { table, from, count, offset }: Segment, trusted: boolean): void {
  const { matched } = work;
  const starts = table.starts();
  const before = work.before[START_COLUMN];
  const cpu = table.columnIfAny(CPU_USAGE);
  const cpuBefore = work.before[CPU_USAGE_COLUMN];
  let after = work.after[START_COLUMN];
  for (let i = 0; i < count; i++) {
    const start = starts[from + i]!;
    const match = matched[offset + i]!;
    const startBefore = match < 0 || before === undefined ? Number.NaN : before[match]!;
    const kept = Number.isNaN(start) ? startBefore : start;
    if (!Number.isNaN(kept)) {
      after ??= saved(work, START_COLUMN);
      after[offset + i] = kept;
    }
    if (Math.abs(start - startBefore) > START_TOLERANCE) {
      const smaller = cpu !== undefined && cpuBefore !== undefined && cpu[from + i]! < cpuBefore[match]!;
      if (trusted || smaller) work.anew[offset + i] = 1;
    }
  }
}

function saveSampleTimes(work: Work, { table, from, count, offset }: Segment, clock: number): void {
  const { matched } = work;
  const column = CLOCK_COLUMNS[clock]!;
  const before = work.before[column];
  const sampled = work.sampled[clock]!;
  const times = table.sampledIfAny(clock);
  let after = work.after[column];
  for (let i = 0; i < count; i++) {
    let at = times === undefined ? Number.NaN : times[from + i]!;
    sampled[offset + i] = at;
    const match = matched[offset + i]!;
    if (Number.isNaN(at) && match >= 0 && before !== undefined) at = before[match]!;
    if (Number.isNaN(at)) continue;
    after ??= saved(work, column);
    after[offset + i] = at;
  }
}

function rateCounter(work: Work, { table, from, count, offset }: Segment, entry: RateEntry): void {
  const values = table.columnIfAny(entry.counter);
  const before = work.before[entry.value];
  if (values === undefined && before === undefined) return;
  const clockBefore = work.before[entry.clock];
  const atBefore = work.before[entry.at];
  const starts = work.after[START_COLUMN];
  const sampled = work.sampled[entry.sampled]!;
  const kept = values === undefined ? undefined : saved(work, entry.value);
  let rates: Float64Array | undefined;
  const ofCpu = entry.rate === CPU_RATE;
  const limit = ofCpu ? Math.min(entry.limit, work.cpuLimit) : entry.limit;
  for (let i = 0; i < count; i++) {
    const row = offset + i;
    const match = work.matched[row]!;
    const value = values === undefined ? Number.NaN : values[from + i]!;
    const base = match < 0 || before === undefined ? Number.NaN : before[match]!;
    const at = sampled[row]!;
    const baseAt = Number.isNaN(base) ? Number.NaN : sampleTime(atBefore, clockBefore, match);
    const known = !Number.isNaN(baseAt);
    const missing = Number.isNaN(value) || Number.isNaN(at);
    const repeated = known && at <= baseAt && baseAt - at <= CLOCK_SET_BACK;
    if (missing || repeated) {
      if (!known) continue;
      if (!missing) work.stale++;
      const keeps = (work.anew[row]! & 1) === 0 && work.tick - baseAt <= work.longest;
      if (keeps) keep(work, entry, row, base, baseAt);
      if (ofCpu) dropFallback(table, from + i);
      continue;
    }
    kept![row] = value;
    if (!known || at <= baseAt || at - baseAt > work.longest) continue;
    let counted = value - base;
    let since = baseAt;
    if (work.anew[row]! & 1 || counted < 0) {
      work.anew[row]! |= 2;
      const start = starts === undefined ? Number.NaN : starts[row]!;
      if (!(start > baseAt && at - start >= LEAST_AGE)) continue;
      counted = value;
      since = start;
    }
    const rate = (entry.scale * counted) / (at - since);
    if (rate > limit) {
      work.implausible++;
      if (ofCpu) dropFallback(table, from + i);
      continue;
    }
    rates ??= table.column(entry.rate);
    rates[from + i] = Math.min(rate, entry.cap);
    if (ofCpu) table.clearFlag(from + i, ROW_FLAGS.cpuRateFallback);
    work.computed++;
  }
}

/** When a saved counter was sampled: its own time if it has one, else its block's. */
function sampleTime(own: Float64Array | undefined, block: Float64Array | undefined, row: number): UnixMillis {
  const at = own === undefined ? Number.NaN : own[row]!;
  return Number.isNaN(at) && block !== undefined ? block[row]! : at;
}

/** Saves the earlier sample again, with its own time if its block has been sampled since. */
function keep(work: Work, entry: RateEntry, row: number, value: number, at: UnixMillis): void {
  saved(work, entry.value)[row] = value;
  if (work.after[entry.clock]?.[row] !== at) saved(work, entry.at)[row] = at;
}

function dropFallback(table: TableBuilder, row: number): void {
  if (!table.hasFlag(row, ROW_FLAGS.cpuRateFallback)) return;
  table.set(CPU_RATE, row, Number.NaN);
  table.clearFlag(row, ROW_FLAGS.cpuRateFallback);
}
