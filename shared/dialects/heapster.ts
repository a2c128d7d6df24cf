import type { Dialect, DialectMetric } from './dialect.ts';

/** Heapster's own names, as the catalog has them: nothing is renamed or scaled. */
const heapster: Dialect = {
  name: 'heapster',
  metric: ({ name, unit, kind, valueType, own }): DialectMetric => ({
    name,
    unit,
    scale: 1,
    kind,
    valueType,
    labels: Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1)),
  }),
  label: (key) => key,
  ownLabel: (key) => key,
  fixed: () => [],
};

export default heapster;
