import { createDeadline, type Deadline } from '../core/deadline.ts';
import { describeError } from '../core/errors.ts';
import type { QuotaShare } from '../core/quota-share.ts';
import { MINUTE, type Millis, type UnixMillis } from '../core/units.ts';
import type { ShardRequest } from '../fanout/invoker.ts';
import type { MergedPartial } from '../fanout/merge.ts';
import { planShards, rememberGone } from '../fanout/plan.ts';
import type { ReduceResult } from '../fanout/reducer.ts';
import { type ShardResult, scatter } from '../fanout/scatter.ts';
import type { ShardPlan } from '../fanout/shard-plan.ts';
import type { RightsRoute } from '../kube/route-rights.ts';
import { addLostNodes } from '../processors/lost-nodes.ts';
import { TOTALS } from '../state/backlog-key.ts';
import { beforeDeadline } from './before-deadline.ts';
import { type BacklogList, hasBacklog, listBacklog, NO_BACKLOG } from './list-backlog.ts';
import { type ClusterObjects, listCluster } from './list-cluster.ts';
import { openPaceFile, type PaceFile } from './pace-file.ts';
import { openPlanFile } from './plan-file.ts';
import { type QuotaShares, quotaShares } from './quota-shares.ts';
import { rateWarning } from './rate-warning.ts';
import { PARTS } from './registry.ts';
import { emptyResult, reportTick } from './report-tick.ts';
import type { Runtime } from './runtime.ts';
import type { SourceRuntime } from './source-runtime.ts';
import { createStopwatch } from './stopwatch.ts';
import type { TickResult } from './tick-report.ts';
import { listBy, type TickTimes, tickTimes } from './tick-times.ts';

export interface TickOfSource {
  readonly runtime: Runtime;
  readonly source: SourceRuntime;
  /** Index of the source in the configuration. */
  readonly index: number;
  readonly timestamp: UnixMillis;
  readonly started: UnixMillis;
  /** When the claim was held. */
  readonly claimed: UnixMillis;
  /** Whether an earlier tick left something for sinks; undefined = nobody knows. */
  readonly backlog: boolean | undefined;
  /** True if an earlier run of this tick did not finish. */
  readonly repeated: boolean;
  readonly deadline: Deadline;
}

/** A claimed tick: lists the cluster, scatters the shards, merges what came back, reduces it, and settles the plan. */
export async function collectTick(tick: TickOfSource): Promise<TickResult> {
  const { runtime, source, timestamp, started } = tick;
  const { clock } = runtime.platform;
  const watch = createStopwatch(clock);
  source.guest.begin(timestamp, 1);
  watch.add('claim', tick.claimed - started);
  using listDeadline = createDeadline(listBy(clock.now(), tick.deadline.at), clock, tick.deadline.signal);
  const { signal } = listDeadline;
  // What cannot be connected to is told by the list of its nodes.
  await watch.time('connect', () => source.client(listDeadline).catch(() => undefined));
  const [listed, planFile, pace] = await watch.time('list', () =>
    Promise.all([
      listCluster(source, listDeadline),
      openPlanFile(runtime.store, source.cluster, signal),
      openPaceFile(runtime.store, runtime.sinks, { cluster: source.cluster, timestamp }, signal),
    ]),
  );
  if (listed.status === 'failed') {
    const took = { lag: started - timestamp, total: clock.now() - started };
    const warnings = [...planFile.warnings, ...pace.warnings];
    return emptyResult({ source, timestamp, status: 'nothing', reason: listed.message, warnings, ...took });
  }
  const { nodes } = listed.objects;
  const decision = await watch.time('route', () => source.decide(nodes, listDeadline));
  if (decision.message !== undefined) runtime.logger.log('warn', 'route', { ...decision, cluster: source.cluster });
  const times = tickTimes(clock.now(), tick.deadline.at, runtime.config);
  const names = nodes.map((node) => node.name);
  const shardSize =
    decision.route === 'metrics-api' ? Math.max(METRICS_SHARD, runtime.config.shardSize) : runtime.config.shardSize;
  const placed = planShards(names, planFile.previous, shardSize);
  const plan = rememberGone(placed, planFile.previous, timestamp);
  const backlog =
    tick.backlog !== false && hasBacklog(runtime)
      ? await watch.time('backlog', () => listBacklog(runtime, source.cluster, plan, listDeadline.signal))
      : NO_BACKLOG;

  const quotas = quotaShares(runtime, plan.shards.length);
  using shardsDeadline = createDeadline(times.shardsBy, clock, tick.deadline.signal);
  using podsDeadline = createDeadline(times.scrapeBy, clock, tick.deadline.signal);
  const inline = { nodes: nodes.length, deadline: podsDeadline };
  const { route } = decision;
  const requests = shardRequests(tick, { plan, times, backlog, pace, quotas, objects: listed.objects, route });
  const slow = rateWarning(requests, {
    source,
    inline: runtime.platform.shardInvoker === undefined,
    scraping: podsDeadline.remaining(),
  });
  const { results, merged } = await watch.time('shards', async () =>
    scatter(requests, {
      invoker:
        runtime.platform.shardInvoker ?? (await PARTS.inlineInvoker()).createInlineInvoker(runtime, source, inline),
      concurrency: runtime.platform.shardInvoker === undefined ? plan.shards.length : runtime.config.shardConcurrency,
      deadline: shardsDeadline,
    }),
  );
  const answered = new Set(results.filter((r) => r.status === 'answered').map((r) => r.request.shard));
  using reduceDeadline = createDeadline(times.reduceBy, clock, tick.deadline.signal);
  const [reduced, planWarnings, paceWarnings] = await Promise.all([
    watch.time('reduce', () =>
      reduceTotals(tick, { times, backlog, pace, quotas, merged, results, objects: listed.objects }),
    ),
    planFile.settle(plan, answered, reduceDeadline.signal),
    answered.size === 0 ? [] : pace.settle(reduceDeadline.signal),
  ]);
  return reportTick({
    source,
    timestamp,
    started,
    ended: clock.now(),
    listed: listed.objects,
    results,
    merged,
    reduced,
    stages: watch.stages(),
    backlogKnown: backlog.known,
    resting: pace.resting,
    route: decision.route,
    warnings: [
      ...(decision.message === undefined ? [] : [decision.message]),
      ...(slow === undefined ? [] : [slow]),
      ...planFile.warnings,
      ...pace.warnings,
      ...backlog.warnings,
      ...planWarnings,
      ...paceWarnings,
    ],
  });
}

/** The Metrics API lists the whole cluster at once, for each shard: so there are few. */
const METRICS_SHARD = 1_000;

/** How long a node that is gone has a row with `up` = 0: long enough for an alarm, not for one on every scale-in. */
const GONE_SHOWN: Millis = 5 * MINUTE;

function shardRequests(
  tick: TickOfSource,
  {
    plan,
    times,
    backlog,
    pace,
    quotas,
    objects,
    route,
  }: {
    readonly route: RightsRoute;
    readonly plan: ShardPlan;
    readonly times: TickTimes;
    readonly backlog: BacklogList;
    readonly pace: PaceFile;
    readonly quotas: QuotaShares;
    readonly objects: ClusterObjects;
  },
): readonly ShardRequest[] {
  const byName = new Map(objects.nodes.map((node) => [node.name, node]));
  const names = new Set(plan.shards.map((shard) => shard.name));
  return plan.shards.map((shard, index) => ({
    version: 1,
    source: tick.index,
    timestamp: tick.timestamp,
    scrapeBy: times.scrapeBy,
    endBy: times.shardBy,
    shard: shard.name,
    inherit: shard.inherit,
    nodes: shard.nodes.flatMap((name) => byName.get(name) ?? []),
    gone: (plan.gone ?? [])
      .filter((gone) => gone.shard === shard.name || (index === 0 && !names.has(gone.shard)))
      .map(({ name, since }) => ({ name, shown: tick.timestamp - since < GONE_SHOWN })),
    route,
    parallel:
      tick.runtime.platform.shardInvoker === undefined
        ? 1
        : Math.min(plan.shards.length, tick.runtime.config.shardConcurrency),
    whole: plan.shards.length === 1,
    backlog: backlog.keysOf(shard.name),
    repeated: tick.repeated,
    ...(pace.resting.length === 0 ? {} : { resting: pace.resting }),
    share: objects.nodes.length === 0 ? 1 : shard.nodes.length / objects.nodes.length,
    ...quotaField(quotas.shard(index)),
    namespaceIds: objects.namespaceIds,
  }));
}

function quotaField(quota: QuotaShare | undefined): { readonly quota?: QuotaShare } {
  return quota === undefined ? {} : { quota };
}

/** A reduction that fails loses the totals of this tick, and says so; the rows of the shards are out already. */
async function reduceTotals(
  tick: TickOfSource,
  gathered: {
    readonly times: TickTimes;
    readonly backlog: BacklogList;
    readonly pace: PaceFile;
    readonly quotas: QuotaShares;
    readonly merged: MergedPartial;
    readonly results: readonly ShardResult[];
    readonly objects: ClusterObjects;
  },
): Promise<ReduceResult | { readonly failed: string }> {
  const { times, backlog, pace, quotas, merged, results, objects } = gathered;
  const { runtime } = tick;
  if (merged.nodes.every((node) => node.status !== 'answered'))
    return { failed: 'no node answered: there are no totals' };
  using deadline = createDeadline(times.reducedBy, runtime.platform.clock, tick.deadline.signal);
  const reducer = runtime.platform.reducer ?? {
    reduce: async (request, by) => (await PARTS.reduce()).runReduce(runtime, request, by),
  };
  try {
    const { cluster, namespace, workload, group } = merged;
    const lost = results.flatMap((result) => (result.status === 'answered' ? [] : result.request.nodes)).length;
    const reducing = reducer.reduce(
      {
        version: 1,
        source: tick.index,
        timestamp: tick.timestamp,
        endBy: times.reduceBy,
        backlog: backlog.keysOf(TOTALS),
        repeated: tick.repeated,
        ...(pace.resting.length === 0 ? {} : { resting: pace.resting }),
        ...quotaField(quotas.totals),
        namespaceIds: objects.namespaceIds,
        totals: addLostNodes({ cluster, namespace, workload, group }, lost),
      },
      deadline,
    );
    return await beforeDeadline(reducing, deadline, 'the reduction');
  } catch (error) {
    return { failed: `the totals were not exported: ${describeError(error)}` };
  }
}
