import { toConstant } from '../text/constant.ts';
import type { PathElement, PathRules } from '../text/encode-paths.ts';
import type { LabelSyntax } from '../text/encode-row-labels.ts';
import { escapeText } from '../text/escape-text.ts';
import { CONTROL_CHARACTERS, createEscapes, type Escapes } from '../text/escapes.ts';

const HOST: PathElement = { labels: ['hostname', 'nodename'] };
const NAMESPACE: PathElement = { labels: ['namespace_name'] };
const CONTAINER: PathElement = { labels: ['container_name'] };
const POD_PATH: readonly PathElement[] = ['node', HOST, 'namespace', NAMESPACE, 'pod', { labels: ['pod_name'] }];

/** Heapster's paths of the Etsy form; those of workloads, groups and volumes are in its manner. */
export const PATH_RULES: PathRules = {
  cluster: ['cluster'],
  namespace: ['namespace', NAMESPACE],
  workload: ['namespace', NAMESPACE, 'workload', { labels: ['workload_kind'] }, { labels: ['workload_name'] }],
  group: ['group', { labels: 'grouping' }],
  node: ['node', HOST],
  sys_container: ['node', HOST, 'sys-container', CONTAINER],
  pod: POD_PATH,
  pod_container: [...POD_PATH, 'container', CONTAINER],
  volume: [...POD_PATH, 'volume', { labels: ['volume_name'] }],
};

/** What has a meaning in every form: the value's colon, the type's bar, the sampling rate's `@`, ends of lines. */
const SPECIAL = `${CONTROL_CHARACTERS} :|@#`;

/** An element of a path: Heapster's `. = |` to `_`, and what would end the name. A slash stays. */
export const PATH_ESCAPES: Escapes = createEscapes({ '.=': '_', [SPECIAL]: '_' });

/** Keys and values of a grouping, which may differ by a dot alone. */
export const GROUP_ESCAPES: Escapes = createEscapes({
  '.%': (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  '=': '_',
  [SPECIAL]: '_',
});

/** A metric's name; a dot in it stays, as in the names of dialects. */
export const METRIC_ESCAPES: Escapes = createEscapes({ '=,': '_', [SPECIAL]: '_' });

/** Keys and values of the Influx form: Heapster's `, : = |` to `_`. */
export const TAG_ESCAPES: Escapes = createEscapes({ ',=': '_', [SPECIAL]: '_' });

export const TAG_SYNTAX: LabelSyntax = {
  before: (name) => toConstant(`,${escapeText(name, TAG_ESCAPES)}=`),
  after: toConstant(''),
  escapes: TAG_ESCAPES,
};
