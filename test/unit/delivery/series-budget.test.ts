import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBatchPoints } from '../../../shared/core/batch.ts';
import { LEVELS } from '../../../shared/core/level.ts';
import { BUDGET_ORDER, withinBudget } from '../../../shared/delivery/series-budget.ts';
import { observedBatch } from '../../support/observed-batch.ts';
import { randomBatch } from '../../support/random-batch.ts';

const ALL = { levels: LEVELS, metrics: ['*'] };

describe('a budget of series', () => {
  it('knows the importance of every level', () => {
    expect([...BUDGET_ORDER].sort()).toEqual([...LEVELS].sort());
  });

  it('is never passed, and every point is in it or told', () => {
    fc.assert(
      fc.property(
        randomBatch,
        fc.integer({ min: 1, max: 300 }),
        fc.constantFrom(0.25, 0.5, 1),
        (batch, maxSeries, share) => {
          const { batch: kept, leftOut } = withinBudget(batch, { ...ALL, maxSeries }, share);

          const points = countBatchPoints(kept);
          expect(points).toBeLessThanOrEqual(maxSeries * share);
          expect(points + leftOut.reduce((sum, each) => sum + each.points, 0)).toBe(countBatchPoints(batch));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('leaves whole levels out, the least important first', () => {
    const batch = observedBatch();

    const { batch: kept, leftOut } = withinBudget(batch, { ...ALL, maxSeries: 500 }, 1);

    expect(Object.keys(kept.tables)).toEqual(['cluster', 'namespace', 'node', 'pod', 'volume']);
    expect(leftOut.map(({ level }) => level)).toEqual(['group', 'workload', 'pod_container', 'sys_container']);
    expect(kept.tables.pod).toBe(batch.tables.pod);
  });

  it('is all for single resources where a sink wants no totals', () => {
    const batch = observedBatch();
    const levels = ['node', 'pod'] as const;
    const only = { ...batch, tables: { node: batch.tables.node!, pod: batch.tables.pod! } };
    const points = countBatchPoints(only);

    expect(withinBudget(only, { ...ALL, levels, maxSeries: points }, 1).leftOut).toEqual([]);
    expect(withinBudget(only, { ...ALL, levels, maxSeries: points - 1 }, 1).leftOut.map(({ level }) => level)).toEqual([
      'pod',
    ]);
  });

  it('does not count the tick’s own numbers', () => {
    expect(withinBudget(observedBatch(), { ...ALL, maxSeries: 1 }, undefined).leftOut).toEqual([]);
  });
});
