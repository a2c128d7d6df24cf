import type { ComponentUri } from '../../config/config.ts';
import {
  choiceOption,
  repeatedOption,
  secondsOption,
  textOption,
  wholeNumberOption,
} from '../../config/option-types.ts';
import type { Level } from '../../core/level.ts';
import * as z from '../../core/zod.ts';
import { serviceUrlProblem } from '../http/service-url.ts';
import { QUOTA_OPTIONS, quotaOptions } from '../quota-options.ts';
import { selectionOptions } from '../selection.ts';
import type { SelectionDefaults } from '../sink.ts';
import { readDimensionRules } from './dimension-rules.ts';
import { DEFAULT_DIMENSIONS, type DimensionRules } from './dimensions.ts';
import { MAX_NAME_LENGTH } from './limits.ts';

/** Levels and metrics that stay affordable: every series is a custom metric with a monthly price. */
export const DEFAULTS: SelectionDefaults = {
  levels: ['cluster', 'namespace', 'group', 'node'],
  metrics: [
    'cpu/usage_rate',
    'memory/working_set',
    'cpu/node_utilization',
    'memory/node_utilization',
    'restart_count',
    'up',
    'node/count',
    'node/measured',
    'pod/count',
    'collection/completeness',
  ],
};

/** What the default sends for a cluster of usual size; checked against the catalog by a test. */
export const DEFAULT_SERIES_EXAMPLE = {
  nodes: 100,
  namespaces: 20,
  groups: 10,
  series: 757,
} as const;

const EXAMPLE =
  `The default makes ${DEFAULT_SERIES_EXAMPLE.series} custom metrics of a cluster with ${DEFAULT_SERIES_EXAMPLE.nodes} ` +
  `nodes, ${DEFAULT_SERIES_EXAMPLE.namespaces} namespaces and ${DEFAULT_SERIES_EXAMPLE.groups} label groups`;

/** Characters of the API reference's rule, ASCII only. */
function namespaceProblem(namespace: string): string | undefined {
  if (namespace.startsWith('AWS/')) return 'must not begin with AWS/, which is for AWS itself';
  if (namespace.length > MAX_NAME_LENGTH) return `must have at most ${MAX_NAME_LENGTH} characters`;
  if (!/^[0-9A-Za-z._\-/#][0-9A-Za-z._\-/#:]*$/.test(namespace)) {
    return 'must be letters, digits and . _ - / # : (not first), all ASCII';
  }
  return undefined;
}

/** Where Container Insights' own agent writes. */
export const INSIGHTS_NAMESPACE = 'ContainerInsights';

const selection = selectionOptions(DEFAULTS);

export const OPTIONS = z.object({
  mode: choiceOption(['api', 'emf'], { default: 'api' }).describe(
    '`api` calls PutMetricData; `emf` writes lines of the embedded metric format to standard output, which CloudWatch Logs of a Lambda ' +
      'function makes the same metrics of: no call, no right to PutMetricData, no answer either, so that delivered means written; log ' +
      'bytes are paid on top, and totals are plain values, as the format has no statistic sets',
  ),
  file: textOption({}).describe(
    'With `mode=emf`: path of a file to append to in place of standard output, which the CloudWatch agent reads',
  ),
  region: textOption({}).describe('AWS region; else AWS_REGION, else that of the profile'),
  namespace: textOption({ default: 'Heapless' })
    .refine(namespaceProblem)
    .describe(
      'CloudWatch namespace of all metrics; not `AWS/…`. With `names=containerinsights` the default is ContainerInsights; where its own agent writes too, both would add into the same series',
    ),
  cluster_name: textOption({}).describe("Value of the dimension ClusterName; else the cluster's configured name"),
  ...selection,
  metrics: selection.metrics.describe(
    'Metrics to export, separated by commas: names or globs such as `cpu/*`; `!network/*` takes away. Counters are ' +
      `sent only by their very name, as CloudWatch has none. ${EXAMPLE}`,
  ),
  names: choiceOption(['heapster', 'containerinsights'], { default: 'heapster' }).describe(
    'Names, units and dimensions of the same values: Heapster’s, or those of Container Insights (classic), whose dashboards then show them: ' +
      '`pod_cpu_utilization` in percent, PodName for the workload. What it has no name for is not sent (docs/names.md)',
  ),
  dimensions: repeatedOption({ kind: 'rule', defaultText: defaultDimensions() }, (texts, complain) => {
    const { rules, problems } = readDimensionRules(texts ?? []);
    problems.forEach(complain);
    return rules;
  }).describe(
    'Dimensions of a level, as `LEVEL:NAME,NAME`; once per level. `label:KEY` is a stored label (`--store-label`), ' +
      "`*` the keys of a grouping. Rows that a rule does not tell apart become one series with all their values. A value's own " +
      'labels (ResourceId, Pressure …) always come on top',
  ),
  totals: choiceOption(['statistics', 'value'], { default: 'statistics' }).describe(
    '`statistics` sends totals as statistic sets: Sum is the total of the minute, Average, Minimum and Maximum are by ' +
      'pod; `value` sends the plain total, so that Average over any period is right, and it may be repeated after a doubtful failure',
  ),
  resolution: choiceOption(['60', '1'], { default: '60' }).describe(
    'Storage resolution in seconds; 1 keeps values apart that are less than a minute apart',
  ),
  delivery: choiceOption(['at-least-once', 'at-most-once'], { default: 'at-least-once' }).describe(
    'After a failure that leaves open whether values were stored: `at-least-once` repeats single values (a copy leaves ' +
      'Average, Minimum and Maximum as they are, and doubles Sum and SampleCount) but never statistic sets and merged ' +
      'values; `at-most-once` repeats nothing',
  ),
  endpoint: textOption({}).refine(serviceUrlProblem).describe('URL of the service, for VPC endpoints and emulators'),
  compression: choiceOption(['gzip', 'none'], { default: 'gzip' }).describe(
    '`none` sends bodies uncompressed, which emulators may need',
  ),
  concurrency: wholeNumberOption({ default: 4, min: 1, max: 64 }).describe('Most requests at once'),
  request_timeout_sec: secondsOption({ default: 10, min: 1, max: 300 }).describe(
    'Longest time for one request; never beyond the export timeout',
  ),
  ...quotaOptions({ requests: '500, CloudWatch’s own quota of an account in a region' }),
});

export type CloudWatchOptions = z.output<typeof OPTIONS>;

/** The CloudWatch namespace: Container Insights' own goes with its names, unless another is given. */
export function namespaceOf({ names, namespace }: CloudWatchOptions, uri: ComponentUri): string {
  return names === 'containerinsights' && !uri.options.has('namespace') ? INSIGHTS_NAMESPACE : namespace;
}

/** The dimensions of all levels: those given, else those of the names. */
export function rulesOf({ names }: Pick<CloudWatchOptions, 'names'>, uri: ComponentUri): DimensionRules {
  return readDimensionRules(uri.options.get('dimensions') ?? [], names).rules;
}

/** What only a call needs, and what the embedded metric format cannot say. */
const ONLY_API = [
  'region',
  'endpoint',
  'compression',
  'concurrency',
  'request_timeout_sec',
  'delivery',
  ...QUOTA_OPTIONS,
];

/** Options that are given and have no effect in the mode. */
export function modeProblems({ mode, file }: z.output<typeof OPTIONS>, uri: ComponentUri): readonly string[] {
  if (mode === 'api')
    return file === undefined ? [] : ['file has no effect without mode=emf; remove it or set mode=emf'];
  const problems = ONLY_API.filter((name) => uri.options.has(name)).map(
    (name) => `${name} has no effect with mode=emf, which calls nobody; remove it`,
  );
  if (uri.options.get('totals')?.includes('statistics') === true) {
    problems.push(
      'totals=statistics needs mode=api, as the embedded metric format has no statistic sets; set totals=value',
    );
  }
  if (file === '') problems.push('file must not be empty');
  return problems;
}

function defaultDimensions(): string {
  return (Object.keys(DEFAULT_DIMENSIONS) as Level[]).map((level) => `${level}:${DEFAULT_DIMENSIONS[level]}`).join(' ');
}
