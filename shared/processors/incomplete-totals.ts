import type { MetricBatchBuilder } from '../core/batch-builder.ts';
import { TOTAL_LEVELS } from '../core/level.ts';
import { metricId } from '../core/metrics.ts';
import { USE_RATIOS } from './container-use.ts';
import { COMPLETENESS, SUMMED_METRICS } from './total-metrics.ts';

export interface IncompleteSettings {
  /** Least completeness that is asked for (0..1); 0 = totals are never incomplete. */
  readonly minCompleteness: number;
  /** `hold`: sums and ratios of incomplete totals are left out, counts stay. */
  readonly incomplete: 'flag' | 'hold';
}

const COMPLETENESS_ID = metricId(COMPLETENESS);
const INCOMPLETE_ID = metricId('collection/incomplete');
const HELD: readonly number[] = [...SUMMED_METRICS.map(({ id }) => id), ...USE_RATIOS.map(({ metric }) => metric)];

/**
 * Marks the rows of totals of which less was measured than is asked for: `collection/incomplete` is 1 there and 0 elsewhere,
 * and absent where completeness is. Returns the rows whose sums were held back.
 */
export function markIncomplete(builder: MetricBatchBuilder, settings: IncompleteSettings): number {
  if (settings.minCompleteness === 0) return 0;
  let held = 0;
  for (const level of TOTAL_LEVELS) {
    const table = builder.table(level);
    for (let row = 0; row < table.rows; row++) {
      const completeness = table.get(COMPLETENESS_ID, row);
      if (Number.isNaN(completeness)) continue;
      const incomplete = completeness < settings.minCompleteness;
      table.set(INCOMPLETE_ID, row, incomplete ? 1 : 0);
      if (!incomplete || settings.incomplete === 'flag') continue;
      for (const id of HELD) table.set(id, row, Number.NaN);
      held++;
    }
  }
  return held;
}
