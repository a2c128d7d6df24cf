// hot path: bench "decode"
import { ROW_FLAGS } from '../../../core/batch.ts';
import { metricId, SAMPLE_CLOCKS } from '../../../core/metrics.ts';
import type { TableBuilder } from '../../../core/table-builder.ts';
import type { UnixMillis } from '../../../core/units.ts';
import { ZERO_TIME } from '../kubelet-time.ts';
import type { Entity } from './layout.ts';
import type { Stage } from './stage.ts';

/** Nanocores in a millicore. */
const NANOCORES = 1e6;

const UPTIME = metricId('uptime');
const CPU_RATE = metricId('cpu/usage_rate');
const CPU_CLOCK = SAMPLE_CLOCKS.indexOf('cpu');
const MEMORY_CLOCK = SAMPLE_CLOCKS.indexOf('memory');
const IO_CLOCK = SAMPLE_CLOCKS.indexOf('io');

/** The rows of one stage and where they go: staged row r becomes row `first + r` of the table. */
export interface Target {
  readonly stage: Stage;
  readonly entity: Entity;
  table: TableBuilder;
  first: number;
}

/** Adds as many rows as are staged. */
export function addRows(target: Target, table: TableBuilder): Target {
  target.table = table;
  target.first = table.rows;
  for (let row = 0; row < target.stage.rows; row++) table.addRow();
  return target;
}

/** All values that go unchanged into columns. */
export function writeDense({ stage, entity, table, first }: Target): void {
  const { values, capacity, rows } = stage;
  for (const { slot, metric } of entity.dense) {
    const from = slot * capacity;
    const to = from + rows;
    let at = from;
    while (at < to && Number.isNaN(values[at]!)) at++;
    if (at === to) continue;
    const column = table.column(metric);
    for (const shift = first - from; at < to; at++) column[at + shift] = values[at]!;
  }
}

/** Sample times of one clock. */
function writeSampled({ stage, table, first }: Target, slot: number, clock: number): void {
  for (let row = 0; row < stage.rows; row++) {
    const at = stage.value(row, slot);
    if (at > ZERO_TIME) table.setSampled(clock, first + row, at);
  }
}

/** What `decodeStart`, `decodeCpu`, `decodeMemory` and `decodeIo` do beside dense values. */
export function writeUsage(target: Target, now: UnixMillis): void {
  const { stage, entity, table, first } = target;
  const started = entity.slot('start');
  const nanocores = entity.slot('nanocores');
  for (let row = 0; row < stage.rows; row++) {
    const start = stage.value(row, started);
    if (start > ZERO_TIME) {
      table.setStart(first + row, start);
      if (start <= now) table.set(UPTIME, first + row, now - start);
    }
    const usage = stage.value(row, nanocores);
    if (Number.isNaN(usage)) continue;
    table.set(CPU_RATE, first + row, usage / NANOCORES);
    table.addFlag(first + row, ROW_FLAGS.cpuRateFallback);
  }
  writeSampled(target, entity.slot('sampled:cpu'), CPU_CLOCK);
  writeSampled(target, entity.slot('sampled:memory'), MEMORY_CLOCK);
  writeSampled(target, entity.slot('sampled:io'), IO_CLOCK);
}
