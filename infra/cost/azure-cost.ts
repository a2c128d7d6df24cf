import type { MonthlyCost } from './aws-cost.ts';
import type { ClusterSize } from './cluster-size.ts';
import type { Prices } from './prices.ts';

/** What decides the costs beside the cluster's size. */
export interface AzureUse {
  /** Samples a tick that go to managed Prometheus (an Azure Monitor workspace); 0 without such a sink. */
  readonly samples: number;
  readonly shardSize: number;
  /** Ticks a month. */
  readonly ticks: number;
  /** Memory of an instance in GB. */
  readonly memory: number;
}

/** Seconds of a run, as on other clouds: start and lists, CPU of a node, and answers of 250 ms, 32 at once. */
const START = 0.5;
const CPU_PER_NODE = 0.0025;
const ANSWER = 0.25;
const IN_FLIGHT = 32;
/** What the tick waits for beyond its shards, and the reduction. */
const GATHER = 1;
/** An instance is billed for at least a second whenever it is active. */
const LEAST = 1;
/** Calls that run in one instance at once; the template says so. */
const PER_INSTANCE = 2;
/** Bytes of log: the tick's report, the line of every other function, and the request that the host notes for each. */
const REPORT_BYTES = 3_000;
const LINE_BYTES = 600;
const REQUEST_BYTES = 1_500;
/** The host writes the timer's schedule after each run, and renews its lock and its own every quarter of a minute. */
const HOST_WRITES = 1 + 2 * 4;

/**
 * The price of a month on Flex Consumption at list prices, on demand, without the free grant: a model, not a bill.
 * Custom metrics of Azure Monitor (`azuremonitor:`) are not charged; samples of managed Prometheus are.
 */
export function azureMonthlyCost({ nodes }: Pick<ClusterSize, 'nodes'>, use: AzureUse, prices: Prices): MonthlyCost {
  const { ticks, memory, samples } = use;
  const { azure } = prices;
  const shards = Math.ceil(nodes / use.shardSize);
  const inline = shards === 1;
  const perShard = START + (nodes / shards) * CPU_PER_NODE + Math.ceil(nodes / shards / IN_FLIGHT) * ANSWER;
  const active = (seconds: number): number => Math.max(LEAST, seconds);
  const apart = Math.ceil(shards / PER_INSTANCE) * active(perShard) + active(GATHER);
  const seconds = inline ? active(perShard) : apart + active(perShard + GATHER);
  const runs = inline ? 1 : shards + 2;
  const functions = ticks * (seconds * memory * azure.functions.gigabyteSecond + runs * azure.functions.execution);
  const { write, read } = azure.blobs;
  const state = ticks * ((2 + shards + HOST_WRITES) * write + (2 + shards) * read);
  const bytes = REPORT_BYTES + (runs - 1) * LINE_BYTES + runs * REQUEST_BYTES;
  const logs = ((ticks * bytes) / 1e9) * azure.logs.gigabyte;
  const metrics = ticks * samples * azure.prometheus.sample;
  return { functions, state, logs, metrics, alarms: 0, total: functions + state + logs + metrics };
}
