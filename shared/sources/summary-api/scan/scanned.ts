import type { MetricBatchBuilder } from '../../../core/batch-builder.ts';
import type { UnixMillis } from '../../../core/units.ts';
import type { NodeIdentity } from '../../source.ts';
import type { Marks } from './marks.ts';
import type { NameTable } from './name-table.ts';
import type { Stage } from './stage.ts';
import type { SummaryLayout } from './summary-layout.ts';
import type { Target } from './write-rows.ts';

/** What is kept for as long as a batch is built. */
export interface BatchNames {
  readonly table: NameTable;
  /** By string id: rows of a list, to notice what comes twice. */
  readonly strings: Marks;
  /** By entry of `table`: the same. */
  readonly entries: Marks;
  /** By entry of `table`: rows of the node's interfaces. */
  readonly nodeInterfaces: Marks;
}

/**
 * A document that was read to its end into the stages, and what is needed to write it into a batch. One for all documents, like
 * the targets: compiled code is thrown away with the last object of a shape that it was made for.
 */
export interface Scanned {
  body: Buffer;
  node: NodeIdentity;
  now: UnixMillis;
  builder: MetricBatchBuilder;
  names: BatchNames;
  readonly layout: SummaryLayout;
  /** By `STAGES`. */
  readonly stages: readonly Stage[];
  /** By `STAGES`, for those that become rows. */
  readonly targets: readonly Target[];
}
