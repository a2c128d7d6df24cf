import type { MonthlyCost } from './aws-cost.ts';
import type { ClusterSize } from './cluster-size.ts';
import type { Prices } from './prices.ts';

/** What decides the costs beside the cluster's size. */
export interface GcpUse {
  /** Points a tick that go to Cloud Monitoring; 0 without such a sink. */
  readonly points: number;
  readonly shardSize: number;
  /** Ticks a month. */
  readonly ticks: number;
}

/** Seconds of a run, as on other clouds: start and lists, CPU of a node, and answers of 250 ms, 32 at once. */
const START = 0.5;
const CPU_PER_NODE = 0.0025;
const ANSWER = 0.25;
const IN_FLIGHT = 32;
/** What the tick waits for beyond its shards, and the reduction. */
const GATHER = 1;
/** Memory of an instance in GiB: of tick and scrape, of reduce. */
const MEMORY = 1;
const REDUCE_MEMORY = 0.5;
/** Bytes of log: the tick's report, the line of every other function, and the request that the platform notes for each. */
const REPORT_BYTES = 3_000;
const LINE_BYTES = 600;
const REQUEST_BYTES = 1_000;
/** A point of one number, as Cloud Monitoring counts it. */
const POINT_BYTES = 8;
const MIB = 1_048_576;

/** The price of a month on Cloud Run functions (1 vCPU, one request at once) at list prices: a model, not a bill. */
export function gcpMonthlyCost({ nodes }: Pick<ClusterSize, 'nodes'>, use: GcpUse, prices: Prices): MonthlyCost {
  const { gcp } = prices;
  const { ticks } = use;
  const shards = Math.ceil(nodes / use.shardSize);
  const perShard = START + (nodes / shards) * CPU_PER_NODE + Math.ceil(nodes / shards / IN_FLIGHT) * ANSWER;
  // Every shard runs in a function of its own; the tick waits for the slowest.
  const second = (memory: number): number => gcp.functions.cpuSecond + memory * gcp.functions.gibibyteSecond;
  const seconds = (shards * perShard + perShard + GATHER) * second(MEMORY) + GATHER * second(REDUCE_MEMORY);
  const runs = shards + 2;
  const functions = ticks * (seconds + runs * gcp.functions.request) + gcp.scheduler.job;
  const state = ticks * (2 + shards) * (gcp.storage.write + gcp.storage.read);
  const bytes = REPORT_BYTES + (runs - 1) * LINE_BYTES + runs * REQUEST_BYTES;
  const logs = ((ticks * bytes) / 1e9) * gcp.logs.gigabyte;
  const metrics = tiered((ticks * use.points * POINT_BYTES) / MIB, gcp.monitoring.tiers);
  return { functions, state, logs, metrics, alarms: 0, total: functions + state + logs + metrics };
}

/** The first tier is free. */
function tiered(mebibytes: number, tiers: Prices['gcp']['monitoring']['tiers']): number {
  let from = 0;
  let sum = 0;
  for (const { upTo = Infinity, price } of tiers) {
    sum += Math.max(0, Math.min(mebibytes, upTo) - from) * price;
    from = upTo;
  }
  return sum;
}
