import type { MetricBatch } from './batch.ts';
import { MetricBatchBuilder } from './batch-builder.ts';

/** A builder with a table of one row, of no use but for its shape. */
export function anyBuilder(): MetricBatchBuilder {
  const builder = new MetricBatchBuilder({ timestamp: 0, resolution: 0, cluster: undefined });
  builder.table('pod').addRow();
  return builder;
}

/** A batch of one row without values, of no use but for its shape. */
export function anyBatch(): MetricBatch {
  return anyBuilder().build();
}
