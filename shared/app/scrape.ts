import { countBatchPoints } from '../core/batch.ts';
import { MetricBatchBuilder } from '../core/batch-builder.ts';
import { createDeadline, type Deadline } from '../core/deadline.ts';
import { LEAF_LEVELS } from '../core/level.ts';
import { once } from '../core/once.ts';
import { createSharedDeadlines } from '../core/shared-deadlines.ts';
import type { ShardNode, ShardRequest } from '../fanout/invoker.ts';
import type { NodeOutcome, Partial } from '../fanout/partial.ts';
import { toPlainTables } from '../fanout/plain-tables.ts';
import type { KubeUsage } from '../kube/client.ts';
import type { RightsRoute } from '../kube/route-rights.ts';
import type { AroundScraping } from './cold-scrape.ts';
import { createCounterFile } from './counter-file.ts';
import { exportBatch } from './export-batch.ts';
import { loadDecoder } from './node-decoder.ts';
import { createNodeFolder } from './node-folder.ts';
import { createPodLists, type ListedPods, listPods } from './pod-lists.ts';
import type { Runtime } from './runtime.ts';
import { scrapeNode, spareNode } from './scrape-node.ts';
import { openSeriesFile } from './series-file.ts';
import type { SourceRuntime } from './source-runtime.ts';
import { startDelay } from './start-delay.ts';
import { createStopwatch } from './stopwatch.ts';
import { createTally } from './tally.ts';
import { withoutRepeats } from './without-repeats.ts';

/** Shares of the time for scraping that are waited for saved state, and for one list of all pods: without either nodes are scraped. */
const STATE_SHARE = 0.25;
export const PODS_SHARE = 0.5;
/** Share of it that nodes may wait for sinks to take the rows of others. */
const UNSENT_SHARE = 0.25;

/**
 * One shard of a tick: asks its nodes' kubelets, folds each answer as it comes (decode, rates, enrich, totals), exports
 * the rows that only this shard knows, saves the counters, and answers with totals and outcomes. A node that fails is an
 * outcome. `pods` is a list of the whole cluster that shards in one process share; without it the shard lists for itself.
 * `around` runs all but the export and what comes after it. `travels` says that the answer goes to another process.
 * Throws only what makes the whole shard impossible (a cluster that cannot be connected to).
 */
export async function runScrape(
  runtime: Runtime,
  request: ShardRequest,
  {
    deadline: by,
    pods: shared,
    around = (scraping) => scraping(),
    travels = false,
  }: {
    readonly deadline: Deadline;
    readonly pods?: Promise<ListedPods> | undefined;
    readonly around?: AroundScraping;
    readonly travels?: boolean;
  },
): Promise<Partial> {
  const { config, platform } = runtime;
  const source = runtime.sources[request.source];
  if (source === undefined) throw new RangeError(`source ${request.source} is not in this function's configuration`);
  using deadline = createDeadline(Math.min(request.endBy, by.at), platform.clock, by.signal);
  using scraping = createDeadline(Math.min(request.scrapeBy, deadline.at), platform.clock, deadline.signal);
  const parallel = request.parallel ?? 1;
  source.guest.begin(request.timestamp, parallel);
  const delay = startDelay({
    longest: source.startJitter,
    parallel,
    scraping: scraping.remaining(),
    random: platform.random(),
  });
  if (delay > 0) await platform.clock.sleep(delay, scraping.signal);
  const route = routeOf(request, source);
  const [client, decode] = await Promise.all([source.client(scraping), loadDecoder(route)]);
  const before = client.usage();
  const kubeletsBefore = source.kubelets();
  const watch = createStopwatch(platform.clock);
  const tally = createTally();
  const { cluster } = source;
  const counters = createCounterFile(runtime.store, { cluster, shard: request.shard, inherit: request.inherit });
  const series = openSeriesFile(runtime, {
    cluster,
    part: request.shard,
    inherit: request.inherit,
    levels: LEAF_LEVELS,
  });
  const builder = new MetricBatchBuilder({
    timestamp: request.timestamp,
    resolution: config.metricResolution,
    cluster,
    pool: runtime.columns,
    extraLabelKeys: [...config.labels.stored.values()],
  });
  const folder = createNodeFolder({ builder, decode, config, request, counters, tally, pool: runtime.columns });

  // Not before the first node has its turn: shards that wait for it in one process would all hold what was saved.
  const load = once(() => {
    const loading = scraping.within(scraping.remaining() * STATE_SHARE);
    const read = async (what: { load(signal: AbortSignal): Promise<readonly string[]> } | undefined): Promise<void> => {
      (await what?.load(loading.signal))?.forEach(tally.warn);
    };
    const saved = { counters: read(counters), series: read(series) };
    void Promise.all([saved.counters, saved.series]).finally(() => loading[Symbol.dispose]());
    return saved;
  });
  using listing = scraping.within(scraping.remaining() * PODS_SHARE);
  using turns = createSharedDeadlines(scraping);
  using lists = createSharedDeadlines(scraping);
  using patience = scraping.within(scraping.remaining() * UNSENT_SHARE);
  const askNodes = async (): Promise<readonly NodeOutcome[]> => {
    const { labels } = config;
    const own =
      request.whole && shared === undefined
        ? listPods(client, { node: undefined, labels, deadline: listing })
        : undefined;
    const pods = createPodLists(client, {
      whole: shared ?? own,
      labels,
      deadline: scraping,
      deadlines: lists,
      nodeTimeout: config.nodeTimeout,
      warn: tally.warn,
      fault: (name) => tally.addFaults({ [name]: 1 }),
    });
    const way = await source.open(route, {
      client,
      timestamp: request.timestamp,
      deadline: scraping,
      warn: tally.warn,
    });
    const shard = { source: way, config, clock: platform.clock, deadlines: turns, pods, saved: load, folder };
    const scrape = (node: ShardNode): Promise<NodeOutcome> =>
      source.gate.run(async () => {
        // Waiting for a turn costs a node nothing of its own time.
        await runtime.unsent.admit(patience.signal);
        if (way.asksNodes) await source.guest.admit(scraping.signal);
        return source.guest.isStopped() ? spareNode(node, shard) : scrapeNode(node, shard);
      });
    const scraped = await Promise.all(readyFirst(request.nodes).map(scrape));
    await Promise.all([load().counters, load().series]);
    return scraped;
  };
  const gone = request.gone ?? [];
  const { outcomes, totals, built, points } = await around(async () => {
    const outcomes = await watch.time('scrape', askNodes);
    for (const { name, shown } of gone) if (shown) folder.addGone(name);
    watch.add('fold', folder.millis());
    // Not after the export: shards of one process may wait long for it.
    const taken = folder.takeTotals();
    const totals = travels ? toPlainTables(taken) : taken;
    const built = builder.build();
    return { outcomes, totals, built, points: countBatchPoints(built) };
  });

  const answered = new Set(outcomes.filter(({ status }) => status === 'answered').map(({ node }) => node));
  const left = new Set(gone.map(({ name }) => name));
  const pending = new Set(request.nodes.map(({ name }) => name).filter((name) => !answered.has(name)));
  using _unsent = runtime.unsent.hold(answered.size);
  const batch = series?.withEnded(built, (node = '') => answered.has(node) || left.has(node)) ?? built;
  const [sinks] = await Promise.all([
    watch.time('export leaf rows', () =>
      exportBatch(request.repeated === true ? withoutRepeats(runtime) : runtime, batch, {
        levels: LEAF_LEVELS,
        deadline,
        cluster,
        part: request.shard,
        backlog: request.backlog ?? [],
        resting: request.resting ?? [],
        share: request.share ?? 1,
        quota: request.quota,
      }),
    ),
    watch.time('save', async () => {
      const warnings = await counters.save(folder.counters(), request, deadline.signal);
      warnings.forEach(tally.warn);
      folder.releaseCounters();
    }),
    series?.save(batch, (node = '') => pending.has(node), deadline.signal).then((w) => w.forEach(tally.warn)),
  ]);
  const partial: Partial = {
    version: 1,
    timestamp: request.timestamp,
    shard: request.shard,
    ...totals,
    nodes: outcomes,
    rows: Object.fromEntries(Object.entries(batch.tables).map(([level, table]) => [level, table.rows])),
    points,
    ...tally.result(),
    sinks,
    stages: watch.stages(),
    apiServer: usageSince(before, client.usage()),
    ...kubeletsSince(kubeletsBefore, source.kubelets()),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
  // A sink that has not taken all may not be done with the rows either.
  if (sinks.every(({ dropped, spilled }) => dropped + spilled === 0)) folder.releaseRows();
  return partial;
}

/** Nodes that are not Ready come last: they answer rarely and late, and hold nobody up there. */
function readyFirst(nodes: readonly ShardNode[]): readonly ShardNode[] {
  return [...nodes.filter((node) => node.ready), ...nodes.filter((node) => !node.ready)];
}

/** What was asked between two counts; the most in flight is that of the whole time. */
export function usageSince(before: KubeUsage, after: KubeUsage): Partial['apiServer'] {
  return {
    requests: after.requests - before.requests,
    bytes: after.bytes - before.bytes,
    retries: after.retries - before.retries,
    peakInFlight: after.peakInFlight,
  };
}

/** The route that the tick chose; for a request without one what is configured, or the proxy where that is still open. */
function routeOf({ route }: ShardRequest, source: SourceRuntime): RightsRoute {
  return route ?? (source.route === 'auto' ? 'proxy' : source.route);
}

/** What kubelets were asked between two counts; nothing if they were not. */
export function kubeletsSince(before: KubeUsage, after: KubeUsage): Pick<Partial, 'kubelets'> {
  if (after.requests === before.requests) return {};
  const { requests, bytes, retries } = usageSince(before, after);
  return { kubelets: { requests, bytes, retries } };
}
