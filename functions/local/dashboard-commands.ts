import { type Command, InvalidArgumentError, Option } from 'commander';
import { ALARM_IDS, type AlarmId, DEFAULT_BOUNDS } from '../../infra/alarms/alarm-rule.ts';
import { alarmRules } from '../../infra/alarms/alarm-rules.ts';
import { ALARM_ENGINES, type AlarmEngine, makeAlarms, SINKS_OF_ENGINE } from '../../infra/alarms/make-alarms.ts';
import {
  CONSOLES,
  type ConsoleName,
  type ConsoleRequest,
  makeDashboard,
  SINKS_OF,
  sinkFor,
} from '../../infra/dashboards/consoles.ts';
import { OTLP_NAMES, type OtlpNames } from '../../infra/dashboards/otlp-names.ts';
import { VIEW_IDS, type ViewId } from '../../infra/dashboards/view.ts';
import { viewsOf } from '../../infra/dashboards/views.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import { DIALECTS } from '../../shared/dialects/dialect.ts';
import type { CommandInput } from './command-input.ts';

type Input = Pick<CommandInput, 'env' | 'write'>;

interface GivenSink {
  readonly sink?: readonly string[];
  readonly groupBy?: readonly string[];
  readonly names?: string;
  readonly received: OtlpNames;
  readonly region?: string;
  readonly functions?: string;
}

interface GivenDashboard extends GivenSink {
  readonly for: ConsoleName;
  readonly view: readonly ViewId[];
}

interface GivenAlarms extends GivenSink {
  readonly for: AlarmEngine;
  readonly only: readonly AlarmId[];
  readonly notify: readonly string[];
  readonly prefix: string;
  readonly datasource: string;
  readonly completeness: number;
  readonly memory: number;
  readonly volume: number;
  readonly volumeBytes: number;
  readonly pressure: number;
  readonly backlogMinutes: number;
  readonly budgetPoints?: number;
}

/** `heapless dashboards` and `heapless alarms`: print what a console imports, made for the sink as it is configured. */
export function addDashboardCommands(program: Command, input: Input): void {
  const command = program
    .command('dashboards')
    .description('prints a dashboard for a console, made for the sink as it is configured')
    .addOption(new Option('--for <CONSOLE>', 'which console').choices(CONSOLES).makeOptionMandatory())
    .addOption(new Option('--view <VIEW...>', 'only these views (default all)').choices(VIEW_IDS).default([], 'all'));
  addSinkOptions(command).action(async (given: GivenDashboard) => {
    const request = requestOf(given, input, given.for, SINKS_OF[given.for]);
    print(input, await makeDashboard(given.for, viewsOf(given.view), request));
  });
  const alarms = program
    .command('alarms')
    .description('prints alarms for what evaluates them, made for the sink as it is configured')
    .addOption(new Option('--for <ENGINE>', 'what evaluates them').choices(ALARM_ENGINES).makeOptionMandatory())
    .addOption(new Option('--only <ALARM...>', 'only these alarms (default all)').choices(ALARM_IDS).default([], 'all'))
    .addOption(new Option('--notify <WHO...>', 'ARNs of topics, or notification channels').default([], 'nobody'))
    .addOption(new Option('--prefix <NAME>', 'what stands before names at AWS').default('heapless'))
    .addOption(new Option('--datasource <UID>', 'data source of Grafana').default('prometheus'))
    .addOption(bound('--completeness <FRACTION>', 'least share of pods measured', DEFAULT_BOUNDS.completeness, 1))
    .addOption(bound('--memory <FRACTION>', 'largest share of the memory limit', DEFAULT_BOUNDS.memory, 1))
    .addOption(bound('--volume <FRACTION>', 'largest share of a volume', DEFAULT_BOUNDS.volume, 1))
    .addOption(
      bound('--volume-bytes <BYTES>', 'least free bytes, where nothing is divided', DEFAULT_BOUNDS.volumeBytes),
    )
    .addOption(bound('--pressure <FRACTION>', 'largest share of time that tasks wait', DEFAULT_BOUNDS.pressure, 1))
    .addOption(bound('--backlog-minutes <MINUTES>', 'oldest point that waits', DEFAULT_BOUNDS.backlogMinutes))
    .addOption(bound('--budget-points <POINTS>', 'most points that a tick may deliver (default: no alarm)'));
  addSinkOptions(alarms).action(async (given: GivenAlarms) => {
    const rules = alarmRules({ ...given, budgetPoints: given.budgetPoints });
    const chosen = given.only.length === 0 ? rules : rules.filter(({ id }) => given.only.includes(id));
    const request = requestOf(given, input, given.for, SINKS_OF_ENGINE[given.for]);
    const { notify, prefix, datasource } = given;
    print(input, await makeAlarms(given.for, { ...request, rules: chosen, notify, prefix, datasource }));
  });
}

function bound(flags: string, description: string, byDefault?: number, most = Number.MAX_SAFE_INTEGER): Option {
  const option = new Option(flags, description).argParser((text: string) => {
    const number = Number(text);
    if (text.trim() !== '' && number > 0 && number <= most) return number;
    throw new InvalidArgumentError(most === 1 ? 'must be a fraction above 0 and up to 1' : 'must be a number above 0');
  });
  return byDefault === undefined ? option : option.default(byDefault);
}

function print(input: Input, value: object): void {
  input.write(`${JSON.stringify(value, undefined, 2)}\n`);
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

function requestOf(given: GivenSink, input: Input, console: string, keys: readonly string[]): ConsoleRequest {
  const flags = new Map<string, readonly string[]>();
  if (given.sink !== undefined) flags.set('sink', given.sink);
  if (given.groupBy !== undefined) flags.set('group-by', given.groupBy);
  const { config } = parseConfig({ env: input.env, flags });
  const said = given.sink !== undefined || (input.env['HEAPLESS_SINK'] ?? '') !== '';
  const prefix = given.functions;
  return {
    sink: sinkFor(console, keys, said ? config.sinks : [], given.names),
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
