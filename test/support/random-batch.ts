import fc from 'fast-check';
import type { MetricBatch } from '../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import { LABEL_KEYS } from '../../shared/core/labels.ts';
import { LEVELS } from '../../shared/core/level.ts';
import { DENSE_METRICS, METRICS } from '../../shared/core/metrics.ts';
import { MINUTE } from '../../shared/core/units.ts';

const STAMP = Date.UTC(2026, 10, 24, 5);
/** Label columns of a user: names that formats write differently, and one that sorts before `__name__`. */
const EXTRA = ['App', 'app.kubernetes.io/name', 'app_kubernetes_io_name', 'interface'];
const KEYS = [...LABEL_KEYS, ...EXTRA];

const row = fc.record({
  level: fc.constantFrom(...LEVELS),
  labels: fc.dictionary(fc.constantFrom(...KEYS), fc.string({ unit: 'grapheme', maxLength: 12 }), { maxKeys: 8 }),
  start: fc.option(fc.integer({ min: -5, max: 100 }), { nil: undefined }),
  values: fc.array(fc.tuple(fc.nat({ max: METRICS.length - 1 }), fc.double({ noNaN: true, noDefaultInfinity: true })), {
    maxLength: 30,
  }),
});

/** Batches with any labels, values and gaps. Each row has a name of its own, so that no series is there twice. */
export const randomBatch: fc.Arbitrary<MetricBatch> = fc.array(row, { maxLength: 12 }).map((rows) => {
  const builder = new MetricBatchBuilder({
    timestamp: STAMP,
    resolution: MINUTE,
    cluster: 'prod',
    extraLabelKeys: EXTRA,
  });
  for (const [index, { level, labels, start, values }] of rows.entries()) {
    const table = builder.table(level);
    const at = table.addRow();
    for (const [key, text] of Object.entries({ ...labels, hostname: `row-${index}` })) {
      table.setLabel(builder.labelColumn(key), at, builder.strings.intern(text));
    }
    if (start !== undefined) table.setStart(at, STAMP - start * MINUTE);
    const seen = new Set<number>();
    for (const [id, value] of values) {
      const metric = METRICS[id];
      if (metric === undefined || seen.has(id)) continue;
      seen.add(id);
      const given = metric.valueType === 'int64' ? Math.trunc(value % 2 ** 53) : value;
      if (id < DENSE_METRICS) table.set(id, at, given);
      else for (const eth of ['eth0', 'eth1']) table.addSparse(at, id, builder.ownLabels('interface', eth), given);
    }
  }
  return builder.build();
});
