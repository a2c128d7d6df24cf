import { resolve } from 'node:path';
import { parseSourceOptions } from '../../shared/clusters/source-options.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseOptions } from '../../shared/config/options.ts';
import { parseConfig } from '../../shared/config/parse-config.ts';
import type { Environment } from '../../shared/config/references.ts';
import { ConfigError } from '../../shared/core/errors.ts';
import { loadSink } from '../../shared/sinks/registry.ts';
import { DEFAULT_BOUNDS } from '../alarms/alarm-rule.ts';
import { alarmRules } from '../alarms/alarm-rules.ts';
import { cloudWatchAlarms } from '../alarms/cloudwatch-alarms.ts';
import { cloudWatchDashboard } from '../dashboards/cloudwatch.ts';
import { cloudWatchTarget, STACK_FUNCTIONS } from '../dashboards/cloudwatch-target.ts';
import type { DashboardTarget } from '../dashboards/dashboard-target.ts';
import { accessEntries } from './access-entries.ts';
import { clusterRights } from './cluster-rights.ts';
import { deployEnvironment, functionVariables, secretNames } from './function-variables.ts';
import { reportAlarms } from './report-alarms.ts';
import { type StackExtras, securityGroups, stackExtras } from './stack-extras.ts';
import { PARAM_NAMES, readParams, type StackParams } from './stack-params.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** CloudFormation's `Fn::Sub`. */
interface Sub {
  readonly 'Fn::Sub': string;
}

/** Parts of the stack that not every configuration needs. */
type Part = 'secrets' | 'sink-secrets' | 'metrics' | 'dashboard';

/** What serverless.yml puts in its places. */
export interface Stack {
  readonly environment: Readonly<Record<string, string | Sub>>;
  readonly stateBucket: string | Sub;
  readonly vpc: {
    readonly subnetIds: readonly string[];
    readonly securityGroupIds: readonly (string | object)[];
  } | null;
  readonly managedPolicies: readonly Sub[];
  readonly alarmActions: readonly string[];
  /** IAM resources of the secrets that the URIs name; those of sinks alone. */
  readonly secretArns: readonly (string | Sub)[];
  readonly sinkSecretArns: readonly (string | Sub)[];
  readonly metricNamespaces: readonly string[];
  /** Files of infra/aws without `.yml`: the part's, or `nothing`. */
  readonly parts: Readonly<Record<Part, Part | 'nothing'>>;
  /** Alarms, and what parameters ask for. */
  readonly extras: StackExtras;
  readonly dashboardBody: string;
}

/** What the user said when deploying. */
export interface StackInput {
  readonly service: string;
  readonly stage: string;
  readonly region: string;
  readonly env: Environment;
  readonly params: StackParams;
}

/** The prefix of all state in the bucket; roles.yml bounds the functions to it. */
const STATE_PREFIX = 'state';

/**
 * Checks the configuration as the functions will (a deployment with a bad one fails here, with every problem), and
 * derives from it what the stack needs: variables, secrets, metric namespaces. Throws `ConfigError`.
 */
export async function describeStack({ service, stage, region, env, params }: StackInput): Promise<Stack> {
  const stateBucket = params.stateBucket || sub(`${service}-${stage}-state-\${AWS::AccountId}-\${AWS::Region}`);
  const settings = readParams(params);
  const variables = functionVariables(env, stage, settings.clusters);
  const { config } = parseConfig({ env: { ...variables, HEAPLESS_STATE: `s3://bucket/${STATE_PREFIX}` } });
  const targets = await cloudWatchTargets(config);
  const calling = targets.filter(({ callsApi }) => callsApi);
  const here = targets.find((target) => target.region === STACK_FUNCTIONS.region || target.region === region);
  const part = (name: Part, needed: boolean | undefined): Part | 'nothing' => (needed === true ? name : 'nothing');
  const secrets = secretNames(variables);
  const { HEAPLESS_SOURCE: _, ...withoutSources } = variables;
  const sinkSecrets = secretNames(withoutSources);
  const { network, alarmActions } = settings;
  const vpc =
    network === undefined ? null : { subnetIds: network.subnetIds, securityGroupIds: securityGroups(network) };
  const extras = stackExtras(settings);
  const rules = alarmRules({
    ...DEFAULT_BOUNDS,
    completeness: settings.completeness,
    budgetPoints: settings.budgetPoints,
  });
  // An alarm on rows costs by the row; those on the cluster and on reports do not.
  const watched = settings.rowAlarms ? rules : rules.filter(({ levels }) => levels.includes('cluster'));
  const prefix = `${service}-${stage}`;
  return {
    environment: {
      ...variables,
      HEAPLESS_STATE: stateUri(stateBucket),
    },
    stateBucket,
    vpc,
    managedPolicies:
      vpc === null ? [] : [sub(`arn:\${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole`)],
    alarmActions,
    secretArns: secrets.map(secretArn),
    sinkSecretArns: sinkSecrets.map(secretArn),
    metricNamespaces: [...new Set(calling.map(({ namespace }) => namespace))],
    parts: {
      secrets: part('secrets', secrets.length > 0),
      'sink-secrets': part('sink-secrets', sinkSecrets.length > 0),
      metrics: part('metrics', calling.length > 0),
      dashboard: part('dashboard', here !== undefined),
    },
    extras: {
      ...extras,
      Resources: {
        ...extras.Resources,
        ...clusterRights(config.sources),
        ...(settings.accessEntries ? accessEntries(config.sources, region) : {}),
        ...reportAlarms(prefix, config.sinks.length, alarmActions),
        ...(here === undefined ? {} : cloudWatchAlarms(watched, here, { prefix, actions: alarmActions })),
      },
    },
    dashboardBody: here === undefined ? '' : JSON.stringify(cloudWatchDashboard(here)),
  };
}

/** What the framework passes to a function in a file. */
interface Framework {
  readonly resolveVariable: (variable: string) => Promise<unknown>;
}

/** `custom.stack`: all but the variables, which may hold `${secret:…}` and bear being read only once. */
export async function stack(framework: Framework): Promise<Omit<Stack, 'environment'>> {
  const { environment: _, ...rest } = await describe(framework);
  return rest;
}

/** `provider.environment`; `${` is escaped, because the framework takes it for its own variables. */
export async function environment(framework: Framework): Promise<Stack['environment']> {
  const variables = (await describe(framework)).environment;
  const escaped = (text: string | Sub): string | Sub =>
    typeof text === 'string' ? text.replaceAll('${', '\\${') : text;
  return Object.fromEntries(Object.entries(variables).map(([name, text]) => [name, escaped(text)]));
}

/** Parameters through the framework's resolver, and the deployer's environment. */
async function describe(framework: Framework): Promise<Stack> {
  const text = async (variable: string): Promise<string> => String((await framework.resolveVariable(variable)) ?? '');
  const stage = await text('sls:stage');
  const input: StackInput = {
    service: await text('self:service'),
    stage,
    region: await text('self:provider.region'),
    env: deployEnvironment(ROOT, stage, process.env),
    params: Object.fromEntries(
      await Promise.all(PARAM_NAMES.map(async (name) => [name, await text(`param:${name}`)] as const)),
    ) as unknown as StackParams,
  };
  return describeStack(input).catch((error: unknown) => {
    // The framework prints the stack of what a file throws; problems of the configuration need none.
    if (error instanceof ConfigError) error.stack = `\n${error.message}\n`;
    throw error;
  });
}

function stateUri(bucket: string | Sub): string | Sub {
  return typeof bucket === 'string'
    ? `s3://${bucket}/${STATE_PREFIX}`
    : sub(`s3://${bucket['Fn::Sub']}/${STATE_PREFIX}`);
}

/** Secrets Manager appends `-` and six characters to the name in a secret's ARN. */
function secretArn(name: string): string | Sub {
  if (name.startsWith('arn:')) return name;
  return sub(`arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${name}-??????`);
}

/** The targets of the `cloudwatch:` sinks. Checks the options of every sink and source on the way. */
async function cloudWatchTargets({ sources, sinks, groupings }: Config): Promise<readonly DashboardTarget[]> {
  for (const uri of sources) parseSourceOptions(uri);
  const targets: DashboardTarget[] = [];
  for (const uri of sinks) {
    parseOptions(uri, (await loadSink(uri.key)).options, `sink ${uri.key}`);
    if (uri.key === 'cloudwatch') targets.push(await cloudWatchTarget(uri, groupings));
  }
  return targets;
}

function sub(text: string): Sub {
  return { 'Fn::Sub': text };
}
