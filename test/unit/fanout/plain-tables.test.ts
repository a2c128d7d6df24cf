import { describe, expect, it } from 'vitest';
import type { PartialTable } from '../../../shared/fanout/partial.ts';
import { toPlainTables } from '../../../shared/fanout/plain-tables.ts';
import type { TotalTables } from '../../../shared/fanout/reducer.ts';
import { NO_VALUES, TotalValues } from '../../../shared/fanout/total-values.ts';

function tableOf(...values: readonly number[]): PartialTable {
  const column = TotalValues.from(values) as TotalValues;
  return {
    labelKeys: ['namespace_name'],
    labels: values.map((_, row) => [`n${row}`]),
    metrics: { 'cpu/usage_rate': { sum: column, count: column, min: NO_VALUES, max: NO_VALUES } },
  };
}

const TABLES: TotalTables = {
  cluster: tableOf(1.5),
  namespace: tableOf(1, Number.NaN, 3),
  workload: tableOf(Infinity, -0.25, Number.NaN),
  group: { labelKeys: [], labels: [], metrics: {} },
};

describe('toPlainTables', () => {
  it('is what JSON makes of the tables', () => {
    expect(toPlainTables(TABLES)).toEqual(JSON.parse(JSON.stringify(TABLES)));
  });

  it('stays so when a runtime clones it before it writes it', () => {
    const written = JSON.stringify(structuredClone(toPlainTables(TABLES)));

    expect(written).toBe(JSON.stringify(TABLES));
    expect(written).toContain('"sum":[1,null,3]');
  });
});
