import type { ClusterSize } from './cluster-size.ts';
import type { Prices } from './prices.ts';

/** US dollars a month, by what they are for. */
export interface MonthlyCost {
  readonly functions: number;
  readonly state: number;
  readonly logs: number;
  readonly metrics: number;
  readonly alarms: number;
  readonly total: number;
}

/** What decides the costs beside the cluster's size. */
export interface AwsUse {
  /** Series that `cloudwatch:` keeps; 0 without such a sink. */
  readonly series: number;
  /** Those of them that are put by calls, not written into the log. */
  readonly putSeries: number;
  /** Bytes a tick that `mode=emf` writes into the log. */
  readonly emfBytes: number;
  readonly shardSize: number;
  /** Ticks a month. */
  readonly ticks: number;
  readonly alarms: number;
}

/** A month has 730 hours. */
export const TICKS_A_MONTH = 730 * 60;

/** Seconds of a run: start and lists, CPU of a node, and answers of 250 ms, 32 at once. */
const START = 0.5;
const CPU_PER_NODE = 0.0025;
const ANSWER = 0.25;
const IN_FLIGHT = 32;
/** What the tick waits for beyond its shards, and the reduction. */
const GATHER = 1;
const REDUCE_GIGABYTES = 0.5;
/** Bytes of log: the tick's report, and the line of every other function. */
const REPORT_BYTES = 3_000;
const LINE_BYTES = 600;
const SERIES_PER_REQUEST = 1_000;

/** The price of a month at AWS's list prices, without free tiers but that of requests: a model, not a bill. */
export function awsMonthlyCost({ nodes }: Pick<ClusterSize, 'nodes'>, use: AwsUse, prices: Prices): MonthlyCost {
  const { ticks, series } = use;
  const shards = Math.ceil(nodes / use.shardSize);
  const inline = shards === 1;
  const perShard = START + (nodes / shards) * CPU_PER_NODE + Math.ceil(nodes / shards / IN_FLIGHT) * ANSWER;
  const seconds = inline ? perShard : shards * perShard + perShard + GATHER + REDUCE_GIGABYTES * GATHER;
  const runs = inline ? 1 : shards + 2;
  const functions = ticks * (seconds * prices.lambda.gigabyteSecond + runs * prices.lambda.request);
  // The claim is written when it is taken and when it is released; each shard writes its counters.
  const state = ticks * ((2 + shards) * prices.s3.put + (2 + shards) * prices.s3.get);
  const logs = ((ticks * (REPORT_BYTES + (runs - 1) * LINE_BYTES + use.emfBytes)) / 1e9) * prices.logs.gigabyte;
  const requests = ticks * Math.ceil(use.putSeries / SERIES_PER_REQUEST);
  const { cloudwatch } = prices;
  const metrics =
    tiered(series, cloudwatch.metricTiers) + Math.max(0, requests - cloudwatch.freeRequests) * cloudwatch.request;
  const alarms = use.alarms * cloudwatch.alarm + (series > 0 ? cloudwatch.dashboard : 0);
  return { functions, state, logs, metrics, alarms, total: functions + state + logs + metrics + alarms };
}

function tiered(count: number, tiers: Prices['cloudwatch']['metricTiers']): number {
  let left = count;
  let sum = 0;
  for (const { metrics = Infinity, price } of tiers) {
    const here = Math.min(left, metrics);
    sum += here * price;
    left -= here;
  }
  return sum;
}
