import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import type { UnixMillis } from '../../shared/core/units.ts';
import { MINUTE } from '../../shared/core/units.ts';
import type { ShardNode } from '../../shared/fanout/invoker.ts';
import { calculateRates } from '../../shared/processors/rate-calculator.ts';
import type { NodeRows } from '../../shared/sources/source.ts';
import { decodeSummary } from '../../shared/sources/summary-api/decode-summary.ts';
import type { NodeCounters } from '../../shared/state/counters.ts';

/** One builder for a step, as one shard has. */
export function createBuilder(offset: number): MetricBatchBuilder {
  const timestamp = Math.floor((Date.now() + offset) / MINUTE) * MINUTE;
  return new MetricBatchBuilder({ timestamp, resolution: MINUTE, cluster: 'bench' });
}

/** Decodes all bodies into a builder. Throws if one of them is not a whole summary. */
export function decodeAll(
  builder: MetricBatchBuilder,
  nodes: readonly ShardNode[],
  bodies: readonly Buffer[],
  now: UnixMillis,
): readonly NodeRows[] {
  return nodes.map((node, index) => {
    const body = bodies[index];
    if (body === undefined) throw new RangeError(`node ${node.name} has no body`);
    const decoded = decodeSummary(body, node, builder, { now });
    if (decoded.status === 'failed') throw new Error(`${node.name}: ${decoded.message}`);
    const faults = Object.keys(decoded.faults);
    if (faults.length > 0) throw new Error(`${node.name}: faults ${faults.join(', ')}`);
    return decoded.rows;
  });
}

/** Rates of all nodes; `saved` is replaced by the new samples. Returns the number of rates. */
export function rateAll(builder: MetricBatchBuilder, rows: readonly NodeRows[], saved: NodeCounters[]): number {
  let computed = 0;
  for (const [node, of] of rows.entries()) {
    const result = calculateRates(builder, of, saved[node], builder.timestamp);
    saved[node] = result.counters;
    computed += result.computed;
  }
  return computed;
}
