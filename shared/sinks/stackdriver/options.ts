import {
  booleanOption,
  choiceOption,
  secondsOption,
  textOption,
  wholeNumberOption,
} from '../../config/option-types.ts';
import * as z from '../../core/zod.ts';
import { serviceUrlProblem } from '../http/service-url.ts';
import { quotaOptions } from '../quota-options.ts';
import { selectionOptions } from '../selection.ts';
import type { SelectionDefaults } from '../sink.ts';
import { DEFAULT_METRICS, GOOGLE_PREFIX, isTotal } from './mapping.ts';

export const DEFAULTS: SelectionDefaults = {
  levels: ['node', 'sys_container', 'pod', 'pod_container', 'volume'],
  metrics: DEFAULT_METRICS,
};

const DEFAULT_PREFIX = 'custom.googleapis.com/heapster/';
/** Where users may write, behind which comes at least one name. https://cloud.google.com/monitoring/custom-metrics */
const PREFIX = /^(custom|external|workload)\.googleapis\.com\/([A-Za-z0-9_]+\/)*$/;
const PROJECT = /^[a-z0-9.:-]+$/;

const selection = selectionOptions(DEFAULTS);

export const OPTIONS = z.object({
  project: textOption({})
    .refine((text) => (PROJECT.test(text) ? undefined : 'must be the id or number of a project'))
    .describe(
      'Google Cloud project of the metrics; else GOOGLE_CLOUD_PROJECT, that of the credentials, or that of the metadata server. ' +
        'For Heapster’s variable write `project=$GOOGLE_PROJECT_ID`',
    ),
  use_old_resources: booleanOption(true).describe(
    'Send series on the resource `gke_container`, as Heapster did for the legacy model',
  ),
  use_new_resources: booleanOption(false).describe(
    'Send series on `k8s_container`, `k8s_pod` and `k8s_node`. With both, a value is sent twice, and costs twice',
  ),
  cluster_name: textOption({}).describe("Resource label `cluster_name`; else the cluster's configured name"),
  cluster_location: textOption({}).describe(
    'Zone or region of the cluster: label `location` of the new resources and of totals; else `zone`, else `global`',
  ),
  zone: textOption({}).describe('Label `zone` of the old resources; else `cluster_location`, else `global`'),
  min_interval_sec: secondsOption({ default: 0, min: 0, max: 3_600 }).describe(
    'Least time from one exported tick to the next: 100 at ticks of 60 s exports every second one. What is left out is told as resting, and is no loss',
  ),
  batch_export_timeout_sec: secondsOption({ default: 60, min: 1, max: 3_600 }).describe(
    'Longest time for the export of a batch. The smaller of this and `--sink-export-data-timeout` counts',
  ),
  initial_delay_sec: secondsOption({ default: 0, min: 0, max: 60 }).describe(
    'Each export begins after a random time up to this, so that shards do not begin at once; Heapster waited up to 3 s, which a function pays for',
  ),
  metric_prefix: textOption({ default: DEFAULT_PREFIX })
    .refine((text) =>
      text === GOOGLE_PREFIX || PREFIX.test(text)
        ? undefined
        : `must begin with custom.googleapis.com/, external.googleapis.com/ or workload.googleapis.com/ and end with /, or be ${GOOGLE_PREFIX}`,
    )
    .describe(
      `What stands before the metrics' names. \`${GOOGLE_PREFIX}\` = Heapster's own \`container.googleapis.com/\` and ` +
        '`kubernetes.io/`, which Google keeps for itself and may refuse, and which hold no other metrics than Heapster’s',
    ),
  ...selection,
  ...quotaOptions({ requests: '30,000 a minute, Cloud Monitoring’s own of a new project' }),
  metrics: selection.metrics.describe(
    'Metrics to export, separated by commas: names or globs such as `cpu/*`; `!network/*` takes away. The default is what ' +
      'Heapster sent in the chosen models, and of totals the usual ones; what is named here is sent at every level',
  ),
  compression: choiceOption(['gzip', 'none'], { default: 'gzip' }).describe('Compression of requests'),
  concurrency: wholeNumberOption({ default: 5, min: 1, max: 64 }).describe('Most requests at once'),
  request_timeout_sec: secondsOption({ default: 10, min: 1, max: 300 }).describe(
    'Longest time for one request; never beyond the export timeout',
  ),
  endpoint: textOption({})
    .refine(endpointProblem)
    .describe('URL of the service, for private endpoints and emulators; `http://` asks without credentials'),
});

export type StackdriverOptions = z.output<typeof OPTIONS>;

function endpointProblem(endpoint: string): string | undefined {
  const problem = serviceUrlProblem(endpoint);
  if (problem !== undefined) return problem;
  const url = new URL(endpoint);
  return url.pathname === '/' && url.search === '' ? undefined : 'must have no path';
}

/** Problems of options together. */
export function checkOptions(options: StackdriverOptions): readonly string[] {
  const { use_old_resources, use_new_resources, levels, endpoint, project, metric_prefix } = options;
  const problems: string[] = [];
  if (!use_old_resources && !use_new_resources && !levels.every(isTotal)) {
    problems.push('needs use_old_resources=true or use_new_resources=true for nodes, pods, containers and volumes');
  }
  if (endpoint?.startsWith('http:') === true && project === undefined) {
    problems.push('an http:// endpoint needs project=, because nobody is asked for credentials');
  }
  if (metric_prefix === GOOGLE_PREFIX && levels.every(isTotal)) {
    problems.push(`metric_prefix=${GOOGLE_PREFIX} has no totals; use another prefix or levels`);
  }
  return problems;
}
