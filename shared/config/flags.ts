import { optionMeta } from './option.ts';
import { RETIRED_FLAGS, type RetiredFlag } from './retired-flags.ts';
import { SETTINGS } from './settings.ts';

/** A flag of the `heapless` command and, unless `env` is empty, a variable of the environment. */
export interface Flag {
  readonly name: string;
  /** `HEAPLESS_<FLAG>`; empty if the flag is no setting. */
  readonly env: string;
  readonly repeatable: boolean;
  /** What stands for the value in help texts; empty for a switch. */
  readonly hint: string;
  readonly default: string;
  readonly description: string;
  readonly status: { readonly kind: 'live' } | { readonly kind: 'retired'; readonly retired: RetiredFlag };
}

/** The environment variable of a flag. */
export function flagVariable(name: string): string {
  return `HEAPLESS_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Heapster takes `_` and `-` alike in names. */
export function normalizeFlagName(name: string): string {
  return name.replace(/^--?/, '').replaceAll('_', '-').toLowerCase();
}

/** Variables with our prefix that only the platforms' adapters read. */
export const PLATFORM_VARIABLES: readonly string[] = [
  'HEAPLESS_AWS_SCRAPE_FUNCTION',
  'HEAPLESS_AWS_REDUCE_FUNCTION',
  'HEAPLESS_AZURE_URL',
  'HEAPLESS_AZURE_TENANT',
  'HEAPLESS_AZURE_AUDIENCE',
  'HEAPLESS_AZURE_CALLERS',
  'HEAPLESS_AZURE_KEY_VAULT',
  'HEAPLESS_AZURE_SCHEDULE',
  'HEAPLESS_GCP_SCRAPE_URL',
  'HEAPLESS_GCP_REDUCE_URL',
  'HEAPLESS_GCP_AUDIENCE',
  'HEAPLESS_GCP_CALLERS',
  'HEAPLESS_GCP_BEHIND_IAM',
  'HEAPLESS_GCP_PROJECT',
  'HEAPLESS_GCP_TIMEOUT_SEC',
];

type Texts = Pick<Flag, 'hint' | 'description'> & Partial<Pick<Flag, 'env' | 'repeatable' | 'default'>>;

function live(name: string, texts: Texts): Flag {
  const schema = SETTINGS[name as keyof typeof SETTINGS];
  const byDefault = schema === undefined ? '' : (optionMeta(schema).defaultText ?? '');
  return { name, env: flagVariable(name), repeatable: false, default: byDefault, status: { kind: 'live' }, ...texts };
}

function retired(flag: RetiredFlag): Flag {
  const text = `Retired: ${flag.instead}.`;
  return {
    name: flag.name,
    env: flagVariable(flag.name),
    repeatable: true,
    hint: /^(true|false)$/.test(flag.default) ? '' : 'VALUE',
    default: flag.default,
    description: text,
    status: { kind: 'retired', retired: flag },
  };
}

/** All flags: those of Heapster that still mean something, those that do not, and ours. Docs and help come from here. */
export const FLAGS: readonly Flag[] = [
  live('source', {
    hint: 'URI',
    repeatable: true,
    default: "kubernetes.summary_api:''",
    description: 'Cluster to collect from; several = several clusters, separated by white space in the variable.',
  }),
  live('sink', {
    hint: 'URI',
    repeatable: true,
    default: 'log:',
    description: 'Backend to export to; several are separated by white space in the variable.',
  }),
  live('metric-resolution', { hint: 'DURATION', description: 'Interval between ticks; at least 5s.' }),
  live('sink-export-data-timeout', {
    hint: 'DURATION',
    description: 'Longest time for exporting a tick; what is not delivered by then is dropped and counted.',
  }),
  live('label-separator', { hint: 'TEXT', description: 'Text between the Kubernetes labels in the label "labels".' }),
  live('ignore-label', {
    hint: 'NAME',
    repeatable: true,
    description: 'Kubernetes label to leave out of "labels"; also comma separated.',
  }),
  live('store-label', {
    hint: 'NAME',
    repeatable: true,
    description: 'Kubernetes label to export as a label of its own: NAME or NEW_NAME=NAME; also comma separated.',
  }),
  live('version', { hint: '', env: '', description: 'Print the version and exit.' }),
  live('group-by', {
    hint: 'GROUPS',
    repeatable: true,
    description:
      'Groups of pods to total, separated by ";": each a comma list of namespace, node, workload, label:NAME, node-label:NAME.',
  }),
  live('group-limit', { hint: 'NUMBER', description: 'Most rows of a grouping; the rest is folded into "(other)".' }),
  live('cluster-name', { hint: 'TEXT', description: 'Name of the cluster in labels and dimensions.' }),
  live('state', {
    hint: 'URI',
    default: 'memory:',
    description: 'Where counters, claims and the shard plan are kept between ticks.',
  }),
  live('shard-size', { hint: 'NUMBER', description: 'Most nodes in one scrape invocation.' }),
  live('shard-concurrency', { hint: 'NUMBER', description: 'Most scrape invocations at once.' }),
  live('max-in-flight', {
    hint: 'NUMBER',
    description: 'Most requests in flight at the API server per scrape invocation.',
  }),
  live('node-timeout', {
    hint: 'DURATION',
    description: "Longest time for one node's answer; at most --scrape-timeout.",
  }),
  live('backlog-max-age', {
    hint: 'DURATION',
    description:
      'How long points wait in the state store for a sink that did not take them; less if its backend takes no points that old. 0s keeps none.',
  }),
  live('backlog-max-bytes', {
    hint: 'BYTES',
    description: 'Most bytes that wait for a sink and a shard; beyond it the oldest are given up. 0 keeps none.',
  }),
  live('backlog-ahead', {
    hint: 'SINKS',
    description:
      'Sinks, by key, whose requests are stored before they are sent, so that a function that is killed loses none of them.',
  }),
  live('min-completeness', {
    hint: 'FRACTION',
    description: 'Least fraction of a total that must have been measured (0 to 1); see --incomplete.',
  }),
  live('incomplete', {
    hint: 'flag|hold',
    description:
      'Totals below --min-completeness: "flag" exports them with collection/incomplete 1, "hold" exports only their counts.',
  }),
  live('scrape-timeout', { hint: 'DURATION', description: 'Longest time for all scraping of a tick.' }),
  live('max-summary-bytes', { hint: 'BYTES', description: 'Largest answer of a node that is read.' }),
  live('log-level', { hint: 'LEVEL', description: 'Least severe level that is logged: error, warn, info or debug.' }),
  ...RETIRED_FLAGS.map(retired),
];
