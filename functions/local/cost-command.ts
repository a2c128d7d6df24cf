import { type Command, InvalidArgumentError, Option } from 'commander';
import { table } from 'table';
import { awsMonthlyCost, readPrices, TICKS_A_MONTH } from '../../infra/cost/aws-cost.ts';
import { seriesOfCluster, usualSize } from '../../infra/cost/cluster-size.ts';
import { cloudWatchTarget } from '../../infra/dashboards/cloudwatch-target.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import type { CommandInput } from './command-input.ts';

/** Alarms of the stack by default. */
const ALARMS = 6;
const MINUTE = 60_000;

type Input = Pick<CommandInput, 'env' | 'write'>;

interface Given {
  readonly nodes: readonly number[];
  readonly sink?: readonly string[];
}

/** `heapless cost`: what a month on AWS costs, by nodes, for the sinks as they are configured. */
export function addCost(program: Command, input: Input): void {
  program
    .command('cost')
    .description('what a month on AWS costs by list prices, for clusters of so many nodes: a model, not a bill')
    .addOption(new Option('--nodes <NUMBER...>', 'sizes of clusters').argParser(count).default([], '10 100 1000'))
    .addOption(new Option('--sink <URI...>', 'the sinks (default HEAPLESS_SINK, else cloudwatch:)'))
    .action(async ({ nodes, sink }: Given) => {
      const env = { HEAPLESS_SINK: 'cloudwatch:', ...input.env };
      const flags = new Map(sink === undefined ? [] : [['sink', sink] as const]);
      const { config } = parseConfig({ env, flags });
      const targets = await Promise.all(
        config.sinks.filter(({ key }) => key === 'cloudwatch').map((uri) => cloudWatchTarget(uri, config.groupings)),
      );
      const prices = readPrices();
      const sizes = nodes.length === 0 ? [10, 100, 1_000] : nodes;
      const rows = sizes.map((size) => {
        const cluster = usualSize(size);
        const series = targets.reduce((sum, { exports }) => sum + seriesOfCluster(cluster, exports), 0);
        const ticks = TICKS_A_MONTH * (MINUTE / config.metricResolution);
        const use = { series, shardSize: config.shardSize, ticks, alarms: ALARMS };
        const cost = awsMonthlyCost(cluster, use, prices);
        const parts = [cost.functions, cost.state, cost.logs, cost.metrics, cost.alarms, cost.total];
        return [String(size), String(series), ...parts.map((dollars) => dollars.toFixed(2))];
      });
      const head = ['nodes', 'series', 'functions', 'state', 'logs', 'metrics', 'alarms', 'total'];
      input.write(
        `US dollars a month, ${prices.region}, list prices of ${prices.date}, 30 pods of 2 containers a node\n`,
      );
      input.write(table([head, ...rows], { columnDefault: { alignment: 'right' } }));
    });
}

function count(text: string, before: readonly number[]): readonly number[] {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('must be a whole number of at least 1');
  return [...before, number];
}
