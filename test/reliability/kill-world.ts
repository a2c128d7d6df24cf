import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import type { DemoCluster } from '../../functions/local/demo/demo-types.ts';
import type { Clock } from '../../shared/core/clock.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { HOUR, MINUTE, SECOND } from '../../shared/core/units.ts';
import { type CloudWatchServer, startCloudWatchServer } from '../sim/cloudwatch-server.ts';
import { type ElasticsearchServer, startElasticsearchServer, valuesOf } from '../sim/elasticsearch-server.ts';
import type { Order } from './messages.ts';

/** A cluster and two strict backends that outlive the collectors: one knows its documents by id, one would count twice. */
export interface KillWorld extends AsyncDisposable {
  readonly folder: string;
  readonly cluster: DemoCluster;
  readonly env: Readonly<Record<string, string>>;
  readonly search: ElasticsearchServer;
  readonly cloudwatch: CloudWatchServer;
  /** The order of the next minute, or of the same one again. */
  nextMinute(): Order;
  sameMinute(): Order;
  /** Points of each stamp (Unix ms) that a search finds. */
  found(): ReadonlyMap<number, number>;
  /** How often each point of CloudWatch is stored. */
  counted(): ReadonlyMap<string, number>;
}

/** Lease of a tick, in ms of real time: after a kill the next one waits so long. */
export const LEASE = 1_500;
/** Minutes begin so far in the past, so that none of them is in the future. */
const PAST = 12 * HOUR;

export async function startKillWorld(): Promise<KillWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'heapless-kill-'));
  let offset = -PAST - (Date.now() % MINUTE) + SECOND;
  const clock: Clock = { now: () => Date.now() + offset, sleep: systemClock.sleep };
  const cluster = await startDemoCluster({ nodes: 3, podsPerNode: 4, clock });
  const search = await startElasticsearchServer();
  const cloudwatch = await startCloudWatchServer(clock.now);
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, cluster.kubeconfig());
  const endpoint = encodeURIComponent(cloudwatch.url);
  let stamp = Math.floor(clock.now() / MINUTE) * MINUTE;
  return {
    folder,
    cluster,
    search,
    cloudwatch,
    env: {
      HEAPLESS_SOURCE: `kubernetes.summary_api:?inClusterConfig=false&auth=${encodeURIComponent(kubeconfig)}`,
      HEAPLESS_CLUSTER_NAME: 'killed',
      HEAPLESS_STATE: `file:${join(folder, 'state')}`,
      HEAPLESS_SINK: [
        `elasticsearch:${search.url}?levels=cluster,namespace,node,pod`,
        `cloudwatch:?region=eu-west-1&endpoint=${endpoint}&delivery=at-most-once`,
      ].join(' '),
      HEAPLESS_SHARD_SIZE: '2',
    },
    nextMinute() {
      stamp += MINUTE;
      offset += Math.max(0, stamp + SECOND - clock.now());
      return { stamp, offset, millis: LEASE };
    },
    sameMinute: () => ({ stamp, offset, millis: LEASE }),
    found() {
      const points = new Map<number, number>();
      for (const document of search.found.values()) {
        const field = Object.entries(document.source).find(([name]) => name.endsWith('MetricsTimestamp'))?.[1];
        const at = Date.parse(String(field));
        points.set(at, (points.get(at) ?? 0) + valuesOf(document).length);
      }
      return points;
    },
    counted() {
      const counts = new Map<string, number>();
      for (const { name, dimensions, timestamp } of cloudwatch.accepted) {
        const id = `${timestamp} ${name} ${JSON.stringify(dimensions)}`;
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      return counts;
    },
    async [Symbol.asyncDispose]() {
      await cluster.close();
      await search[Symbol.asyncDispose]();
      await cloudwatch[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
