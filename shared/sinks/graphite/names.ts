import type { Level } from '../../core/level.ts';
import { toConstant } from '../text/constant.ts';
import type { PathElement, PathRules } from '../text/encode-paths.ts';
import type { LabelSyntax } from '../text/encode-row-labels.ts';
import { escapeText } from '../text/escape-text.ts';
import { CONTROL_CHARACTERS, createEscapes, type Escapes } from '../text/escapes.ts';

const HOST: PathElement = { labels: ['hostname', 'nodename'] };
const NAMESPACE: PathElement = { labels: ['namespace_name'] };
const POD: PathElement = { labels: ['pod_name'] };
const CONTAINER: PathElement = { labels: ['container_name'] };
const POD_PATH: readonly PathElement[] = ['nodes', HOST, 'pods', NAMESPACE, POD];

/** Heapster's paths; those of workloads, groups and volumes are in its manner. */
export const PATH_RULES: PathRules = {
  cluster: ['cluster'],
  namespace: ['namespaces', NAMESPACE],
  workload: ['namespaces', NAMESPACE, 'workloads', { labels: ['workload_kind'] }, { labels: ['workload_name'] }],
  group: ['groups', { labels: 'grouping' }],
  node: ['nodes', HOST],
  sys_container: ['nodes', HOST, 'sys-containers', CONTAINER],
  pod: POD_PATH,
  pod_container: [...POD_PATH, 'containers', CONTAINER],
  volume: [...POD_PATH, 'volumes', { labels: ['volume_name'] }],
} satisfies Readonly<Record<Level, readonly PathElement[]>>;

/** What a path or its patterns give a meaning, beside the dot: white space, `;` for tags, `{}[]*?` in queries. */
const SPECIAL = `${CONTROL_CHARACTERS} ;{}[]*?"'\\()`;

/** An element of a path: Heapster's `.` and `/` to `_`, and what Graphite cannot have. */
export const PATH_ESCAPES: Escapes = createEscapes({ './': '_', [SPECIAL]: '_' });

/** Keys and values of a grouping, which unlike names may differ by a dot alone. */
export const GROUP_ESCAPES: Escapes = createEscapes({
  './%': (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  [SPECIAL]: '_',
});

/** A metric's name: each part an element. */
export const METRIC_ESCAPES: Escapes = createEscapes({ '/': '.', [SPECIAL]: '_' });

/** The element of a value's own label. The root filesystem would have no name left. */
export function ownElement(key: string, value: string): string {
  return key === 'resource_id' && value === '/' ? 'root' : escapeText(value, PATH_ESCAPES) || 'unknown';
}

const TAG_NAME_ESCAPES: Escapes = createEscapes({ '!^=': '_', [`${CONTROL_CHARACTERS} ;`]: '_' });
/** https://graphite.readthedocs.io/en/latest/tags.html (read 2026-11-24): no `;` in a value, no `~` at its beginning. */
const TAG_VALUE_ESCAPES: Escapes = createEscapes({ [`${CONTROL_CHARACTERS} ;`]: '_' });

function sayable(value: string): string {
  return value.startsWith('~') ? `_${value}` : value;
}

export const TAG_SYNTAX: LabelSyntax = {
  before: (name) => toConstant(`;${escapeText(name, TAG_NAME_ESCAPES)}=`),
  after: toConstant(''),
  escapes: TAG_VALUE_ESCAPES,
  value: sayable,
};

/** `;name=value`; empty for an empty value, which a tag cannot have. */
export function tagText(name: string, value: string): string {
  if (value === '') return '';
  return `;${escapeText(name, TAG_NAME_ESCAPES)}=${escapeText(sayable(value), TAG_VALUE_ESCAPES)}`;
}
