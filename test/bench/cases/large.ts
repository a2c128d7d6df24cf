import type { BenchCase } from '../case.ts';
import { startCluster } from '../cluster.ts';
import { USUAL_SHAPE } from '../cluster-shape.ts';
import { type Entry, runContest } from '../contest.ts';
import { startDiscardServer } from '../discard-server.ts';
import type { Figure } from '../figure.ts';
import { shippedFlags } from '../shipped-flags.ts';
import { cloudWatch, influxDb, NO_EXPORT } from '../sinks.ts';
import { checkWhole, isWarm } from './whole-tick.ts';

/** Ticks before the one that counts. */
const WARMUPS = 2;
const FUNCTION_SIZES = [100, 1_000, 5_000];

/** 5,000 nodes in one process, against 1,000: whether memory grows, and whether a tick fits a minute. */
export const large: BenchCase = {
  name: '5,000 nodes',
  covers: ['memory'],
  isSlow: true,
  async run() {
    await using discard = await startDiscardServer();
    const sinks = { 'no export': NO_EXPORT, 'every row to influxdb': influxDb(discard.url) };
    const group = '5,000 nodes, one process';
    const figures: Figure[] = [];
    for (const [name, sink] of Object.entries(sinks)) {
      const thousand = await thirdTick(1_000, { sink });
      const fiveThousand = await thirdTick(5_000, { sink });
      figures.push(
        {
          group,
          name: `peak RSS, ${name}`,
          unit: 'MB',
          value: fiveThousand.peakRssBytes / 1e6,
          note: `third tick; at 1,000 nodes ${(thousand.peakRssBytes / 1e6).toFixed(0)} MB`,
        },
        {
          group,
          name: `peak RSS ÷ at 1,000 nodes, ${name}`,
          unit: 'times',
          value: fiveThousand.peakRssBytes / thousand.peakRssBytes,
          ...(sink === NO_EXPORT ? {} : { must: 1.5, reach: 1.2 }),
        },
        {
          group,
          name: `wall of a tick, ${name}`,
          unit: 's',
          value: (fiveThousand.measures[0]?.wallMillis ?? Number.NaN) / 1_000,
          must: 60,
        },
      );
    }
    return figures;
  },
};

/** 5,000 nodes over shards of 100, which run in processes of their own: as many as there are cores, state in files. */
export const sharded: BenchCase = {
  name: '5,000 nodes in shards',
  covers: ['shards'],
  isSlow: true,
  async run() {
    const { measures, cluster } = await thirdTick(5_000, { job: 'sharded' });
    const [measure] = measures;
    const seen = measure?.seen ?? {};
    const group = '5,000 nodes, 50 shards in processes';
    const summaries = cluster[0]?.routes.summary;
    const pods = cluster[0]?.routes.pods;
    return [
      { group, name: 'wall of a tick', unit: 's', value: (measure?.wallMillis ?? Number.NaN) / 1_000, must: 60 },
      {
        group,
        name: 'CPU of the tick function',
        unit: 'CPU-s',
        value: (measure?.cpuMillis ?? Number.NaN) / 1_000,
        note: `list ${seen['stage list']} ms, reduce ${seen['stage reduce']} ms`,
      },
      {
        group,
        name: 'CPU of the shards per 1,000 nodes',
        unit: 'CPU-s',
        value: (seen['shardCpuMillis'] ?? Number.NaN) / 5_000,
        note: 'fetch, decode, rates, totals, state in files; no export',
      },
      { group, name: 'peak RSS, tick', unit: 'MB', value: (measure?.peakRssBytes ?? Number.NaN) / 1e6 },
      { group, name: 'peak RSS, largest shard', unit: 'MB', value: (seen['shardRssBytes'] ?? Number.NaN) / 1e6 },
      {
        group,
        name: 'most in flight at the API server',
        unit: 'count',
        value: cluster[0]?.peakInFlight ?? Number.NaN,
        note: `${summaries?.requests} summaries, ${pods?.requests} pod lists, ${(((summaries?.bytes ?? 0) + (pods?.bytes ?? 0)) / 1e6).toFixed(0)} MB`,
      },
    ] satisfies readonly Figure[];
  },
};

/** What each function of a deployment needs, by the size of the cluster: shards of 100 nodes, CloudWatch by default. */
export const functions: BenchCase = {
  name: 'memory of functions',
  covers: ['functions'],
  isSlow: true,
  async run({ say }) {
    await using discard = await startDiscardServer();
    const figures: Figure[] = [];
    for (const nodes of FUNCTION_SIZES) {
      say(`functions at ${nodes} nodes`);
      const { measures } = await thirdTick(nodes, { job: 'sharded', sink: cloudWatch(discard.url) });
      const [measure] = measures;
      const seen = measure?.seen ?? {};
      const group = `functions, ${nodes} nodes`;
      figures.push(
        { group, name: 'wall of a tick', unit: 's', value: (measure?.wallMillis ?? Number.NaN) / 1_000, must: 60 },
        {
          group,
          name: 'peak RSS, tick with its reduction',
          unit: 'MB',
          value: (measure?.peakRssBytes ?? Number.NaN) / 1e6,
          note: `list ${seen['stage list']} ms, reduce ${seen['stage reduce']} ms`,
        },
        {
          group,
          name: 'peak RSS, a shard of 100 nodes',
          unit: 'MB',
          value: (seen['shardRssBytes'] ?? Number.NaN) / 1e6,
          note: 'the largest, after many shards in one process',
        },
      );
    }
    return figures;
  },
};

async function thirdTick(
  nodes: number,
  { job = 'tick', sink = NO_EXPORT }: { readonly job?: 'tick' | 'sharded'; readonly sink?: string } = {},
): Promise<Entry> {
  const shape = { ...USUAL_SHAPE, nodes };
  await using cluster = await startCluster(shape);
  const env = { HEAPLESS_SINK: sink };
  const entries = await runContest({
    shape,
    cluster,
    contestants: [{ name: 'tick', job, env }],
    warmups: WARMUPS,
    rounds: 1,
    isWarm,
    execArgv: job === 'tick' ? shippedFlags() : [],
  });
  const entry = entries.get('tick');
  if (entry === undefined) throw new Error('the tick has no measures');
  for (const { seen } of entry.measures) checkWhole(`${nodes} nodes`, seen);
  return entry;
}
