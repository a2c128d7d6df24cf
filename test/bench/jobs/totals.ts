import { parseConfig } from '../../../shared/config/parse-config.ts';
import type { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { decodePod } from '../../../shared/kube/decode-objects.ts';
import { aggregateNode } from '../../../shared/processors/node-aggregator.ts';
import { enrichNode } from '../../../shared/processors/node-enricher.ts';
import { aggregatePods } from '../../../shared/processors/pod-aggregator.ts';
import { enrichPods } from '../../../shared/processors/pod-enricher.ts';
import { createPodIndex } from '../../../shared/processors/pod-index.ts';
import { digestPod } from '../../../shared/processors/pod-meta.ts';
import { createTotals } from '../../../shared/processors/totals.ts';
import type { NodeRows } from '../../../shared/sources/source.ts';
import type { NodeCounters } from '../../../shared/state/counters.ts';
import { createBodies } from '../bodies.ts';
import { createBuilder, decodeAll, rateAll } from '../fold.ts';
import { GROUP_BY } from '../groupings.ts';
import type { OpenJob } from '../job.ts';

/** What follows the rates: pods and nodes enriched and aggregated, and totals with two groupings. */
export const openJob: OpenJob = async ({ shape }) => {
  const { config } = parseConfig({ env: { HEAPLESS_GROUP_BY: GROUP_BY } });
  const bodies = createBodies(shape);
  const indexes = bodies.nodes.map((_, node) =>
    createPodIndex(
      bodies.pods(node).flatMap((text) => digestPod(decodePod(JSON.parse(text) as unknown), config.labels) ?? []),
    ),
  );
  const saved: NodeCounters[] = [];
  let builder: MetricBatchBuilder | undefined;
  let rows: readonly NodeRows[] = [];
  return {
    async prepare({ offset }) {
      builder = createBuilder(offset);
      rows = decodeAll(builder, bodies.nodes, bodies.render(offset), Date.now() + offset);
      rateAll(builder, rows, saved);
    },
    async run() {
      if (builder === undefined) throw new Error('run before prepare');
      const totals = createTotals({ groupings: config.groupings });
      for (const [at, node] of bodies.nodes.entries()) {
        const index = indexes[at]!;
        const enriched = aggregatePods(builder, enrichPods(builder, rows[at]!, index, { namespaceIds: {} }));
        aggregateNode(builder, enriched);
        enrichNode(builder, enriched, node, { labels: config.labels, index });
        totals.add(builder, enriched, index, node);
      }
      return { totals: totals.toPartialTables().group.labels.length };
    },
    close: async () => undefined,
  };
};
