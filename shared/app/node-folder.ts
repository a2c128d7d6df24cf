import type { Config } from '../config/config.ts';
import { anyBuilder } from '../core/any-batch.ts';
import { MetricBatchBuilder } from '../core/batch-builder.ts';
import type { ColumnPool } from '../core/column-pool.ts';
import { freeMemory } from '../core/free-memory.ts';
import { keepShape } from '../core/keep-shape.ts';
import { metricId } from '../core/metrics.ts';
import type { UnixMillis } from '../core/units.ts';
import type { ShardNode, ShardRequest } from '../fanout/invoker.ts';
import type { TotalTables } from '../fanout/reducer.ts';
import type { FailureReason } from '../kube/client.ts';
import { aggregateNode } from '../processors/node-aggregator.ts';
import { addDownNode, addGoneNode, enrichNode } from '../processors/node-enricher.ts';
import { aggregatePods } from '../processors/pod-aggregator.ts';
import { enrichPods } from '../processors/pod-enricher.ts';
import { createPodIndex, type PodIndex } from '../processors/pod-index.ts';
import { calculateRates } from '../processors/rate-calculator.ts';
import { createTotals } from '../processors/totals.ts';
import type { NodeDocument } from '../sources/source.ts';
import type { NodeCounters } from '../state/counters.ts';
import type { CounterFile } from './counter-file.ts';
import type { NodeDecoder } from './node-decoder.ts';
import type { Tally } from './tally.ts';

export type FoldResult =
  | { readonly status: 'ok'; readonly pods: number }
  | { readonly status: 'failed'; readonly reason: FailureReason; readonly message: string };

/** Turns one answer after the other into rows and totals. Nothing of a document is kept once it is folded. */
export interface NodeFolder {
  fold(node: ShardNode, document: NodeDocument, pods: PodIndex | undefined, now: UnixMillis): FoldResult;
  /** A node without an answer: a row with `up` = 0 and why, and its pods as expected ones. */
  addDown(node: ShardNode, pods: PodIndex | undefined, reason: FailureReason): void;
  /** A node that is in the list no more: a row with `up` = 0. */
  addGone(name: string): void;
  /** New counters by node that answered. */
  counters(): ReadonlyMap<string, NodeCounters>;
  /** Gives the memory of the counters back, when they are saved: nobody may read them any more. */
  releaseCounters(): void;
  /** The totals of all nodes, once: their memory is used again. */
  takeTotals(): TotalTables;
  /** Gives the memory of the rows back: nobody may read them any more. */
  releaseRows(): void;
  /** Milliseconds spent in folding. */
  millis(): number;
}

/** After so many nodes it is known about how many rows there will be; the room for them is made with some to spare. */
const SAMPLE_NODES = 4;
const SPARE_ROOM = 1.05;

const CPU_CAPACITY = metricId('cpu/node_capacity');
/** Columns of a node's counters share their memory. */
function freeColumn(column: Float64Array | undefined): void {
  if (column?.buffer instanceof ArrayBuffer && !column.buffer.detached) freeMemory(new Uint8Array(column.buffer));
}

const NO_PODS = createPodIndex([]);

export function createNodeFolder(deps: {
  readonly builder: MetricBatchBuilder;
  readonly decode: NodeDecoder;
  readonly config: Config;
  readonly request: ShardRequest;
  readonly counters: CounterFile;
  readonly tally: Tally;
  readonly pool: ColumnPool;
}): NodeFolder {
  const { builder, config, request, tally } = deps;
  keepShape(MetricBatchBuilder, anyBuilder);
  const totals = createTotals({ groupings: config.groupings, pool: deps.pool });
  const after = new Map<string, NodeCounters>();
  const settings = { labels: config.labels, namespaceIds: request.namespaceIds };
  let millis = 0;

  function fold(node: ShardNode, document: NodeDocument, pods: PodIndex | undefined, now: UnixMillis): FoldResult {
    const index = pods ?? NO_PODS;
    const decoded = deps.decode(node, document, builder, { now, pods: index });
    if (decoded.status === 'failed') return decoded;
    tally.addFaults(decoded.faults);
    builder.table('node').set(CPU_CAPACITY, decoded.rows.node, node.capacity.cpu ?? Number.NaN);
    const rates = calculateRates(builder, decoded.rows, deps.counters.of(node.name), request.timestamp);
    after.set(node.name, rates.counters);
    tally.addRates(rates);
    tally.addFaults({ stale_sample: rates.stale, implausible_rate: rates.implausible });
    const rows = aggregatePods(builder, enrichPods(builder, decoded.rows, index, settings));
    aggregateNode(builder, rows);
    enrichNode(builder, rows, node, { ...settings, index });
    totals.add(builder, rows, index, node);
    if (after.size === SAMPLE_NODES) builder.reserve((request.nodes.length / SAMPLE_NODES) * SPARE_ROOM);
    return { status: 'ok', pods: rows.pods.to - rows.pods.from };
  }

  return {
    fold(node, document, pods, now) {
      const start = performance.now();
      const result = fold(node, document, pods, now);
      millis += performance.now() - start;
      return result;
    },
    addDown(node, pods, reason) {
      const index = pods ?? NO_PODS;
      addDownNode(builder, node, { ...settings, index, reason });
      totals.addDown(node, index);
    },
    addGone(name) {
      addGoneNode(builder, name);
    },
    counters: () => after,
    releaseCounters() {
      for (const { columns } of after.values()) for (const column of columns) freeColumn(column);
      after.clear();
    },
    takeTotals() {
      const tables = totals.toPartialTables();
      totals.release();
      return tables;
    },
    releaseRows: () => builder.release(),
    millis: () => millis,
  };
}
