import { type Command, Option } from 'commander';
import { CONSOLES, type ConsoleName, makeDashboard, sinkFor } from '../../infra/dashboards/consoles.ts';
import { OTLP_NAMES, type OtlpNames } from '../../infra/dashboards/otlp-names.ts';
import { VIEW_IDS, type ViewId } from '../../infra/dashboards/view.ts';
import { viewsOf } from '../../infra/dashboards/views.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { DIALECTS } from '../../shared/dialects/dialect.ts';
import type { CommandInput } from './command-input.ts';

type Input = Pick<CommandInput, 'env' | 'write'>;

interface Given {
  readonly for: ConsoleName;
  readonly view: readonly ViewId[];
  readonly sink?: readonly string[];
  readonly groupBy?: readonly string[];
  readonly names?: string;
  readonly received: OtlpNames;
  readonly region?: string;
  readonly functions?: string;
}

/** `heapless dashboards`: prints what a console imports, made for the sink as it is configured. */
export function addDashboardCommands(program: Command, input: Input): void {
  const command = program
    .command('dashboards')
    .description('prints a dashboard for a console, made for the sink as it is configured')
    .addOption(new Option('--for <CONSOLE>', 'which console').choices(CONSOLES).makeOptionMandatory())
    .addOption(new Option('--view <VIEW...>', 'only these views (default all)').choices(VIEW_IDS).default([], 'all'));
  addSinkOptions(command).action(async (given: Given) => {
    const dashboard = await makeDashboard(given.for, viewsOf(given.view), requestOf(given, input));
    input.write(`${JSON.stringify(dashboard, undefined, 2)}\n`);
  });
}

function addSinkOptions(command: Command): Command {
  return command
    .addOption(new Option('--sink <URI...>', 'the sink (default HEAPLESS_SINK, else that of the console by default)'))
    .addOption(new Option('--group-by <GROUPINGS...>', 'label groups (default HEAPLESS_GROUP_BY)'))
    .addOption(new Option('--names <DIALECT>', "names of metrics, in place of the sink's option").choices(DIALECTS))
    .addOption(
      new Option(
        '--received <NAMES>',
        'what the receiver of an otlp: sink makes of names: as Prometheus does, or nothing',
      )
        .choices(OTLP_NAMES)
        .default('translated'),
    )
    .addOption(new Option('--region <REGION>', 'AWS region of metrics and functions (default AWS_REGION)'))
    .addOption(new Option('--functions <PREFIX>', 'AWS functions that are shown beside, such as heapless-prod'));
}

function requestOf(given: Given, input: Input): Parameters<typeof makeDashboard>[2] {
  const flags = new Map<string, readonly string[]>();
  if (given.sink !== undefined) flags.set('sink', given.sink);
  if (given.groupBy !== undefined) flags.set('group-by', given.groupBy);
  const { config } = parseConfig({ env: input.env, flags });
  const said = given.sink !== undefined || (input.env['HEAPLESS_SINK'] ?? '') !== '';
  const prefix = given.functions;
  return {
    sink: sinkFor(given.for, said ? config.sinks : [], given.names),
    groupings: config.groupings,
    received: given.received,
    functions: {
      region: given.region ?? input.env['AWS_REGION'] ?? input.env['AWS_DEFAULT_REGION'] ?? 'us-east-1',
      names:
        prefix === undefined
          ? []
          : ['tick', 'scrape', 'reduce'].map((label) => ({ label, name: `${prefix}-${label}` })),
    },
  };
}
