import { type Command, InvalidArgumentError, Option } from 'commander';
import { table } from 'table';
import { awsMonthlyCost, type MonthlyCost, TICKS_A_MONTH } from '../../infra/cost/aws-cost.ts';
import { azureMonthlyCost } from '../../infra/cost/azure-cost.ts';
import { type ClusterSize, seriesOfCluster, usualSize } from '../../infra/cost/cluster-size.ts';
import { emfBytes } from '../../infra/cost/emf-bytes.ts';
import { gcpMonthlyCost } from '../../infra/cost/gcp-cost.ts';
import { type Prices, readPrices } from '../../infra/cost/prices.ts';
import { cloudWatchTarget } from '../../infra/dashboards/cloudwatch-target.ts';
import { readSpeech } from '../../infra/dashboards/sink-speech.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import type { CommandInput } from './command-input.ts';

/** Alarms of the stack by default. */
const ALARMS = 6;
const MINUTE = 60_000;
/** Memory of an instance in the template, in GB. */
const AZURE_MEMORY = 2;

type Input = Pick<CommandInput, 'env' | 'write'>;
type Cloud = keyof typeof CLOUDS;
type Exports = Parameters<typeof seriesOfCluster>[1];

interface Given {
  readonly cloud: Cloud;
  readonly nodes: readonly number[];
  readonly sink?: readonly string[];
}

/** What a sink exports that the cloud charges. */
interface Charged {
  readonly exports: Exports;
  /** With `mode=emf`: bytes of log in a tick. */
  readonly emfBytes?: (size: ClusterSize) => number;
}

/** What the charged sinks make of a cluster. */
interface Use {
  readonly series: number;
  /** Without those that are written into the log. */
  readonly putSeries: number;
  readonly emfBytes: number;
  readonly shardSize: number;
  readonly ticks: number;
}

interface CloudCost {
  readonly sink: string;
  readonly regionOf: (prices: Prices) => string;
  readonly charged: (config: Config) => Promise<readonly Charged[]>;
  readonly cost: (size: ClusterSize, use: Use, prices: Prices) => MonthlyCost;
}

const CLOUDS = {
  aws: {
    sink: 'cloudwatch:',
    regionOf: ({ region }) => region,
    charged: async ({ sinks, groupings }) => {
      const charged = sinks
        .filter(({ key }) => key === 'cloudwatch')
        .map(async (uri): Promise<Charged> => {
          const { exports, callsApi } = await cloudWatchTarget(uri, groupings);
          return callsApi ? { exports } : { exports, emfBytes: await emfBytes(uri) };
        });
      return await Promise.all(charged);
    },
    cost: (size, use, prices) => awsMonthlyCost(size, { ...use, alarms: ALARMS }, prices),
  },
  azure: {
    // Custom metrics, which are not charged, of the resource that the sink names.
    sink: '',
    regionOf: ({ azure }) => azure.region,
    charged: async ({ sinks }) => {
      return await Promise.all(sinks.filter(({ key }) => key === 'prometheus').map(readSpeech));
    },
    cost: (size, { series, ...use }, prices) =>
      azureMonthlyCost(size, { ...use, samples: series, memory: AZURE_MEMORY }, prices),
  },
  gcp: {
    sink: 'stackdriver:?project=my-project',
    regionOf: ({ gcp }) => gcp.region,
    charged: async ({ sinks }) => {
      return await Promise.all(sinks.filter(({ key }) => key === 'stackdriver').map(readSpeech));
    },
    cost: (size, { series, ...use }, prices) => gcpMonthlyCost(size, { ...use, points: series }, prices),
  },
} as const satisfies Readonly<Record<string, CloudCost>>;

/** `heapless cost`: what a month on a cloud costs, by nodes, for the sinks as they are configured. */
export function addCost(program: Command, input: Input): void {
  program
    .command('cost')
    .description('what a month on a cloud costs by list prices, for clusters of so many nodes: a model, not a bill')
    .addOption(new Option('--cloud <NAME>', 'where the functions run').choices(Object.keys(CLOUDS)).default('aws'))
    .addOption(new Option('--nodes <NUMBER...>', 'sizes of clusters').argParser(count).default([], '10 100 1000'))
    .addOption(new Option('--sink <URI...>', 'the sinks (default HEAPLESS_SINK, else cloudwatch: on aws)'))
    .action(async ({ cloud: name, nodes, sink }: Given) => {
      const cloud: CloudCost = CLOUDS[name];
      const env = { ...(cloud.sink === '' ? {} : { HEAPLESS_SINK: cloud.sink }), ...input.env };
      const flags = new Map(sink === undefined ? [] : [['sink', sink] as const]);
      const { config } = parseConfig({ env, flags });
      const charged = await cloud.charged(config);
      const prices = readPrices();
      const sizes = nodes.length === 0 ? [10, 100, 1_000] : nodes;
      const rows = sizes.map((size) => {
        const cluster = usualSize(size);
        const { series, ...use } = useOf(charged, cluster);
        const ticks = TICKS_A_MONTH * (MINUTE / config.metricResolution);
        const cost = cloud.cost(cluster, { series, ...use, shardSize: config.shardSize, ticks }, prices);
        const parts = [cost.functions, cost.state, cost.logs, cost.metrics, cost.alarms, cost.total];
        return [String(size), String(series), ...parts.map((dollars) => dollars.toFixed(2))];
      });
      const head = ['nodes', 'series', 'functions', 'state', 'logs', 'metrics', 'alarms', 'total'];
      const region = cloud.regionOf(prices);
      input.write(`US dollars a month, ${region}, list prices of ${prices.date}, 30 pods of 2 containers a node\n`);
      input.write(table([head, ...rows], { columnDefault: { alignment: 'right' } }));
    });
}

function useOf(charged: readonly Charged[], cluster: ClusterSize): Pick<Use, 'series' | 'putSeries' | 'emfBytes'> {
  let series = 0;
  let putSeries = 0;
  let bytes = 0;
  for (const { exports, emfBytes: ofCluster } of charged) {
    const own = seriesOfCluster(cluster, exports);
    series += own;
    if (ofCluster === undefined) putSeries += own;
    else bytes += ofCluster(cluster);
  }
  return { series, putSeries, emfBytes: bytes };
}

function count(text: string, before: readonly number[]): readonly number[] {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('must be a whole number of at least 1');
  return [...before, number];
}
