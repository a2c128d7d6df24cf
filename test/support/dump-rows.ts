import type { MetricBatch } from '../../shared/core/batch.ts';
import { dumpBatch } from './dump-batch.ts';

/** All that a decoder writes into a batch, as text: what `dumpBatch` shows, and sample times and parents. */
export function dumpRows(batch: MetricBatch): string {
  const hidden = Object.values(batch.tables).map(({ level, sampled, parent, created }) => {
    const times = [...sampled, created].map((column) => [...(column ?? [])]);
    return JSON.stringify({ level, times, parents: [...parent] });
  });
  return `${dumpBatch(batch)}${hidden.join('\n')}\n`;
}
