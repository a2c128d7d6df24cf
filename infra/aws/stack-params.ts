import { ConfigError, type ConfigProblem } from '../../shared/core/errors.ts';

/** `params` of serverless.yml; all texts, empty = not given. */
export interface StackParams {
  readonly stateBucket: string;
  readonly clusters: string;
  readonly subnetIds: string;
  readonly securityGroupIds: string;
  readonly vpcId: string;
  readonly routeTableIds: string;
  readonly endpoints: string;
  readonly kmsKey: string;
  readonly reservedConcurrency: string;
  readonly alarmTopic: string;
  readonly completeness: string;
  readonly budgetPoints: string;
  readonly rowAlarms: string;
  readonly accessEntries: string;
}

export const PARAM_NAMES = [
  'stateBucket',
  'clusters',
  'subnetIds',
  'securityGroupIds',
  'vpcId',
  'routeTableIds',
  'endpoints',
  'kmsKey',
  'reservedConcurrency',
  'alarmTopic',
  'completeness',
  'budgetPoints',
  'rowAlarms',
  'accessEntries',
] as const satisfies readonly (keyof StackParams)[];

export const FUNCTION_NAMES = ['tick', 'scrape', 'reduce'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** The parameters, read. */
export interface StackSettings {
  readonly clusters: readonly string[];
  readonly network:
    | {
        readonly subnetIds: readonly string[];
        /** Empty = the stack makes its own group in `vpcId`. */
        readonly securityGroupIds: readonly string[];
        readonly vpcId: string;
        readonly routeTableIds: readonly string[];
        /** Services with an interface endpoint: `monitoring`, `secretsmanager`. */
        readonly endpoints: readonly string[];
      }
    | undefined;
  readonly kmsKey: string | undefined;
  readonly reserved: Readonly<Partial<Record<FunctionName, number>>>;
  readonly alarmActions: readonly string[];
  readonly completeness: number;
  readonly budgetPoints: number | undefined;
  /** True for alarms on nodes, containers and volumes, which cost by the row. */
  readonly rowAlarms: boolean;
  /** True for access entries of the EKS clusters that sources name. */
  readonly accessEntries: boolean;
}

const CLUSTER = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const SERVICE = /^[a-z0-9.-]+$/;
const ARN = /^arn:[a-z-]+:/;

/** Reads and checks the parameters. Throws `ConfigError` with every problem at once. */
export function readParams(params: StackParams): StackSettings {
  const problems: ConfigProblem[] = [];
  const problem = (name: keyof StackParams, text: string): void => {
    problems.push({ where: `param ${name}`, problem: text });
  };
  const list = (name: keyof StackParams, allowed?: RegExp): readonly string[] => {
    const items = params[name].split(',').flatMap((item) => item.trim() || []);
    const wrong = allowed === undefined ? [] : items.filter((item) => !allowed.test(item));
    if (wrong.length > 0)
      problem(name, `has ${wrong.map((item) => JSON.stringify(item)).join(', ')}, which is no such name`);
    return items;
  };
  const arn = (name: keyof StackParams, service: string): string | undefined => {
    const text = params[name].trim();
    if (text !== '' && !(ARN.test(text) && text.includes(`:${service}:`))) {
      problem(name, `must be an ARN of ${service}, got ${JSON.stringify(text)}`);
    }
    return text === '' ? undefined : text;
  };
  const number = (name: keyof StackParams, most: number): number | undefined => {
    const text = params[name].trim();
    const value = Number(text);
    if (text !== '' && !(value > 0 && value <= most)) {
      problem(
        name,
        `must be a number above 0${most === Infinity ? '' : ` and up to ${most}`}, got ${JSON.stringify(text)}`,
      );
    }
    return text === '' ? undefined : value;
  };
  const flag = (name: keyof StackParams): boolean => {
    if (!['', 'true', 'false'].includes(params[name])) {
      problem(name, `must be true or false, got ${JSON.stringify(params[name])}`);
    }
    return params[name] === 'true';
  };
  const topic = arn('alarmTopic', 'sns');
  const settings: StackSettings = {
    clusters: list('clusters', CLUSTER),
    network: network(params, list, problem),
    kmsKey: arn('kmsKey', 'kms'),
    reserved: reserved(list('reservedConcurrency'), problem),
    alarmActions: topic === undefined ? [] : [topic],
    completeness: number('completeness', 1) ?? 0.9,
    budgetPoints: number('budgetPoints', Infinity),
    rowAlarms: flag('rowAlarms'),
    accessEntries: flag('accessEntries'),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return settings;
}

function network(
  { vpcId }: StackParams,
  list: (name: keyof StackParams, allowed?: RegExp) => readonly string[],
  problem: (name: keyof StackParams, text: string) => void,
): StackSettings['network'] {
  const found = {
    subnetIds: list('subnetIds'),
    securityGroupIds: list('securityGroupIds'),
    vpcId: vpcId.trim(),
    routeTableIds: list('routeTableIds'),
    endpoints: list('endpoints', SERVICE),
  };
  const given = Object.entries(found).filter(([, value]) => value.length > 0);
  if (given.length === 0) return undefined;
  if (found.subnetIds.length === 0) {
    problem(
      'subnetIds',
      `must name the subnets of the VPC, because ${given.map(([name]) => name).join(', ')} is given`,
    );
  } else if (found.securityGroupIds.length === 0 && found.vpcId === '') {
    problem('subnetIds', 'needs securityGroupIds, or vpcId for a security group of the stack’s own');
  }
  if (found.vpcId === '' && found.routeTableIds.length + found.endpoints.length > 0) {
    problem('vpcId', 'must name the VPC in which endpoints are made');
  }
  return found;
}

/** `tick=2,scrape=40`. */
function reserved(
  items: readonly string[],
  problem: (name: keyof StackParams, text: string) => void,
): StackSettings['reserved'] {
  const found: Partial<Record<FunctionName, number>> = {};
  for (const item of items) {
    const [name = '', text = ''] = item.split('=', 2).map((part) => part.trim());
    const value = Number(text);
    const known = FUNCTION_NAMES.find((one) => one === name);
    if (known === undefined || !Number.isInteger(value) || value < 1) {
      problem('reservedConcurrency', `has ${JSON.stringify(item)}; write tick=2,scrape=40,reduce=2`);
    } else found[known] = value;
  }
  return found;
}
