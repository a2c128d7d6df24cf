import type { MetricBatch } from '../core/batch.ts';
import type { Deadline } from '../core/deadline.ts';
import type { Level } from '../core/level.ts';
import { deliverAll } from '../delivery/deliver-all.ts';
import type { SinkReport } from '../delivery/report.ts';
import type { Runtime } from './runtime.ts';

/**
 * Exports a batch to every sink that takes one of `levels`, each inside the export timeout and the given deadline.
 * A sink that takes none of them is not in the answer.
 */
export async function exportBatch(
  runtime: Runtime,
  batch: MetricBatch,
  options: { readonly levels: readonly Level[]; readonly deadline: Deadline },
): Promise<readonly SinkReport[]> {
  const sinks = runtime.sinks.filter((sink) => sink.selection.levels.some((level) => options.levels.includes(level)));
  if (sinks.length === 0) return [];
  using deadline = options.deadline.within(runtime.config.sinkExportDataTimeout);
  const { clock, random } = runtime.platform;
  return await deliverAll(sinks, batch, { deadline, clock, random });
}
