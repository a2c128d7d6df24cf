import { parseConfig } from '../../shared/config/parse-config.ts';
import type { MetricBatch } from '../../shared/core/batch.ts';
import { MINUTE } from '../../shared/core/units.ts';
import { decodePod } from '../../shared/kube/decode-objects.ts';
import { aggregateNode } from '../../shared/processors/node-aggregator.ts';
import { enrichNode } from '../../shared/processors/node-enricher.ts';
import { aggregatePods } from '../../shared/processors/pod-aggregator.ts';
import { enrichPods } from '../../shared/processors/pod-enricher.ts';
import { createPodIndex } from '../../shared/processors/pod-index.ts';
import { digestPod } from '../../shared/processors/pod-meta.ts';
import type { NodeCounters } from '../../shared/state/counters.ts';
import { createBodies } from './bodies.ts';
import type { ClusterShape } from './cluster-shape.ts';
import { createBuilder, decodeAll, rateAll } from './fold.ts';

/** What the shards of a whole cluster export in a warm tick: every leaf row, with rates, requests and labels. */
export function createLeafBatch(shape: ClusterShape): MetricBatch {
  const { config } = parseConfig({ env: {} });
  const bodies = createBodies(shape);
  const saved: NodeCounters[] = [];
  const before = createBuilder(0);
  rateAll(before, decodeAll(before, bodies.nodes, bodies.render(0), Date.now()), saved);
  const builder = createBuilder(MINUTE);
  const rows = decodeAll(builder, bodies.nodes, bodies.render(MINUTE), Date.now() + MINUTE);
  rateAll(builder, rows, saved);
  for (const [at, node] of bodies.nodes.entries()) {
    const pods = bodies.pods(at).map((text) => digestPod(decodePod(JSON.parse(text) as unknown), config.labels));
    const index = createPodIndex(pods.filter((pod) => pod !== undefined));
    const of = rows[at];
    if (of === undefined) throw new RangeError(`node ${node.name} has no rows`);
    const enriched = aggregatePods(builder, enrichPods(builder, of, index, { namespaceIds: {} }));
    aggregateNode(builder, enriched);
    enrichNode(builder, enriched, node, { labels: config.labels, index });
  }
  return builder.build();
}
