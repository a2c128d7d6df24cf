import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MINUTE } from '../../../shared/core/units.ts';
import { createBodies } from '../bodies.ts';
import type { BenchCase } from '../case.ts';
import { startCluster } from '../cluster.ts';
import { USUAL_SHAPE } from '../cluster-shape.ts';
import { buildBundles } from '../cold/bundles.ts';
import type { ColdWork } from '../cold/cold-main.ts';
import { runNode } from '../cold/run-node.ts';
import { type Figure, fromSpread } from '../figure.ts';
import { NO_EXPORT } from '../sinks.ts';
import { sourceUri } from '../source-uri.ts';
import { orderOf, ratiosOf, spreadOf } from '../statistics.ts';

const SHARD = 100;

/** One cold invocation of the scrape function with 100 nodes: everything from the start of the process to its answer. */
export const cold: BenchCase = {
  name: 'cold scrape',
  covers: ['cold'],
  async run({ quick }) {
    const shape = { ...USUAL_SHAPE, nodes: SHARD };
    await using bundles = await buildBundles((name) => name === 'scrape');
    await using cluster = await startCluster(shape);
    const { address, caFile } = cluster;
    const env = {
      HEAPLESS_SOURCE: sourceUri({ address, caFile }),
      HEAPLESS_SINK: NO_EXPORT,
      HEAPLESS_STATE: 'memory:',
      HEAPLESS_LOG_LEVEL: 'error',
      HEAPLESS_NODE_TIMEOUT: '20s',
      HEAPLESS_CLUSTER_NAME: 'bench',
    };
    const { nodes } = createBodies(shape);
    const contestants = ['floor', 'scrape'] as const;
    const costs = { floor: [] as number[], scrape: [] as number[] };
    const walls = { floor: [] as number[], scrape: [] as number[] };
    const peaks = { floor: [] as number[], scrape: [] as number[] };
    const rounds = quick ? 3 : 20;
    for (let round = -1; round < rounds; round++) {
      for (const name of orderOf(contestants, round + 1)) {
        const now = Date.now();
        const work: ColdWork = {
          address,
          bundle: name === 'floor' ? undefined : bundles.entry('scrape'),
          request: {
            version: 1,
            source: 0,
            timestamp: Math.floor(now / MINUTE) * MINUTE,
            scrapeBy: now + MINUTE,
            endBy: now + 2 * MINUTE,
            shard: 's0',
            inherit: [],
            nodes,
            whole: false,
            namespaceIds: {},
          },
        };
        const file = join(caFile, '..', 'work.json');
        await writeFile(file, JSON.stringify(work));
        const result = await runNode([bundles.entry('cold'), file], env);
        if (result['answered'] !== SHARD) throw new Error(`cold ${name}: ${result['answered']} of ${SHARD} answered`);
        if (round < 0) continue;
        costs[name].push(result['cpuMillis'] ?? Number.NaN);
        walls[name].push(result['wallMillis'] ?? Number.NaN);
        peaks[name].push((result['peakRssBytes'] ?? Number.NaN) / 1e6);
      }
    }
    const group = `cold process, ${SHARD} nodes`;
    return [
      { group, name: 'CPU, floor', unit: 'ms', ...fromSpread(spreadOf(costs.floor)) },
      { group, name: 'CPU, scrape', unit: 'ms', ...fromSpread(spreadOf(costs.scrape)) },
      {
        group,
        name: 'CPU, scrape ÷ floor',
        unit: 'times',
        ...fromSpread(ratiosOf(costs.scrape, costs.floor)),
        must: 1.5,
        reach: 1.1,
        note: 'the function as bundled, pods listed node by node, no export',
      },
      { group, name: 'wall, scrape', unit: 'ms', ...fromSpread(spreadOf(walls.scrape)) },
      { group, name: 'peak RSS, scrape', unit: 'MB', ...fromSpread(spreadOf(peaks.scrape)) },
    ] satisfies readonly Figure[];
  },
};
