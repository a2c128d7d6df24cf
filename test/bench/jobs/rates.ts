import type { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import type { NodeRows } from '../../../shared/sources/source.ts';
import type { NodeCounters } from '../../../shared/state/counters.ts';
import { createBodies } from '../bodies.ts';
import { createBuilder, decodeAll, rateAll } from '../fold.ts';
import type { OpenJob } from '../job.ts';

/** Rates of all rows against the samples of the step before. */
export const openJob: OpenJob = async ({ shape }) => {
  const bodies = createBodies(shape);
  const saved: NodeCounters[] = [];
  let builder: MetricBatchBuilder | undefined;
  let rows: readonly NodeRows[] = [];
  return {
    async prepare({ offset }) {
      builder = createBuilder(offset);
      rows = decodeAll(builder, bodies.nodes, bodies.render(offset), Date.now() + offset);
    },
    async run() {
      if (builder === undefined) throw new Error('run before prepare');
      return { rates: rateAll(builder, rows, saved) };
    },
    close: async () => undefined,
  };
};
