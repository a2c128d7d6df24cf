import { connectCluster } from '../../../shared/clusters/registry.ts';
import { parseConfig } from '../../../shared/config/parse-config.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import { MINUTE } from '../../../shared/core/units.ts';
import { createKubeClient } from '../../../shared/kube/create-kube-client.ts';
import { createPodIndex } from '../../../shared/processors/pod-index.ts';
import { podReader } from '../../../shared/processors/pod-meta.ts';
import { nodeDigits } from '../cluster-shape.ts';
import type { OpenJob } from '../job.ts';
import { sourceUri } from '../source-uri.ts';
import { nodeName } from '../summary-template.ts';

/** The pods of every node by the product's client, listed node by node and indexed, as the shards of a large cluster do. */
export const openJob: OpenJob = async (settings) => {
  const { config } = parseConfig({ env: { HEAPLESS_SOURCE: sourceUri(settings) } });
  const [source] = config.sources;
  if (source === undefined) throw new RangeError('the configuration has no source');
  const deps = { env: {}, clock: systemClock, notice: () => undefined };
  const { readFile } = await import('node:fs/promises');
  const connection = await connectCluster(source, { ...deps, readFile: (path) => readFile(path, 'utf8') });
  const client = createKubeClient(connection, {
    clock: systemClock,
    random: Math.random,
    maxInFlight: config.maxInFlight,
    userAgent: 'heapless-bench',
  });
  const names = Array.from({ length: settings.shape.nodes }, (_, node) => nodeName(nodeDigits(node)));
  return {
    async run() {
      using deadline = createDeadline(Date.now() + MINUTE, systemClock);
      const listed = await Promise.all(
        names.map(async (node) => {
          const result = await client.listPods({ node, deadline, read: podReader(config.labels) });
          if (result.status === 'failed') throw new Error(`pods of ${node}: ${result.message}`);
          return createPodIndex(result.value).ofNode(node).length;
        }),
      );
      return { pods: listed.reduce((sum, count) => sum + count, 0) };
    },
    close: async () => client.close(),
  };
};
