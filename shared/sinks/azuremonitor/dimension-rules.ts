import { hint } from '../../config/did-you-mean.ts';
import { LABEL_KEYS, type LabelKey } from '../../core/labels.ts';
import { LEVELS, type Level } from '../../core/level.ts';
import { readLevelTexts } from '../level-texts.ts';
import { MAX_DIMENSIONS } from './limits.ts';

/** Label keys that tell the rows of a level apart, in the order of the dimensions; `*` = all keys of a grouping. */
export type DimensionKeys = readonly string[];

export interface RulesReading {
  readonly rules: Readonly<Record<Level, DimensionKeys>>;
  readonly problems: readonly string[];
}

/** The default rules, in the form that `dimensions=` takes. */
export const DEFAULT_DIMENSIONS: Readonly<Record<Level, string>> = {
  cluster: 'cluster_name',
  namespace: 'cluster_name,namespace_name',
  workload: 'cluster_name,namespace_name,workload_kind,workload_name',
  group: 'cluster_name,grouping,*',
  node: 'cluster_name,nodename',
  sys_container: 'cluster_name,nodename,container_name',
  pod: 'cluster_name,namespace_name,pod_name',
  pod_container: 'cluster_name,namespace_name,pod_name,container_name',
  volume: 'cluster_name,namespace_name,pod_name,volume_name',
};

const ON_PODS: readonly Level[] = ['pod', 'pod_container', 'volume'];
const ON_NODES: readonly Level[] = ['node', 'sys_container', ...ON_PODS];
const IN_NAMESPACES: readonly Level[] = ['namespace', 'workload', ...ON_PODS];
const OF_WORKLOADS: readonly Level[] = ['workload', ...ON_PODS];

/** Levels whose rows have a label. Joined labels and resource_id are no dimensions: the first is too long, the second comes with values. */
const LEVELS_OF: Readonly<Partial<Record<LabelKey, readonly Level[]>>> = {
  nodename: ON_NODES,
  hostname: ON_NODES,
  host_id: ON_NODES,
  pod_id: ON_PODS,
  pod_name: ON_PODS,
  namespace_name: IN_NAMESPACES,
  namespace_id: IN_NAMESPACES,
  container_name: ['sys_container', 'pod_container'],
  container_base_image: ['pod_container'],
  workload_kind: OF_WORKLOADS,
  workload_name: OF_WORKLOADS,
  volume_name: ['volume'],
  pvc_name: ['volume'],
  pvc_namespace: ['volume'],
  grouping: ['group'],
};

/** Levels whose rows can carry labels of Kubernetes objects (`--store-label`). */
const STORED: readonly Level[] = ['node', ...ON_PODS];

/** Keys that a level's rule may have; `label:KEY` comes on top where rows have stored labels. */
function keysOfLevel(level: Level): readonly string[] {
  const labels = LABEL_KEYS.filter((key) => LEVELS_OF[key]?.includes(level) === true);
  return ['cluster_name', 'type', ...labels, ...(level === 'group' ? ['*'] : [])];
}

/** Reads `dimensions=LEVEL:KEY,KEY` options; levels without one keep the default. Problems go behind the option's name. */
export function readDimensionRules(texts: readonly string[]): RulesReading {
  const problems: string[] = [];
  const given = readLevelTexts(texts, `LEVEL:KEY,KEY such as "pod:${DEFAULT_DIMENSIONS.pod}"`, problems);
  const rules = Object.fromEntries(
    LEVELS.map((level) => [level, readRule(level, given.get(level) ?? DEFAULT_DIMENSIONS[level], problems)]),
  ) as Record<Level, DimensionKeys>;
  return { rules, problems };
}

function readRule(level: Level, text: string, problems: string[]): DimensionKeys {
  const words = text.split(',').map((word) => word.trim());
  const rule = words.filter((word) => word !== '');
  const allowed = [...keysOfLevel(level), ...(STORED.includes(level) ? ['label:KEY'] : [])];
  for (const word of rule) {
    const isStored = /^label:./.test(word) && STORED.includes(level);
    if (isStored || allowed.includes(word)) continue;
    const known = hint(word, allowed) || ';';
    problems.push(
      `has ${JSON.stringify(word)}, which rows of level ${level} do not have${known} allowed are ${allowed.join(', ')}`,
    );
  }
  if (new Set(rule).size < rule.length) problems.push(`has a key twice for ${level}`);
  if (rule.length > MAX_DIMENSIONS) {
    problems.push(`has ${rule.length} keys for ${level}; Azure Monitor takes ${MAX_DIMENSIONS}`);
  }
  if (level === 'group' && !rule.includes('grouping')) {
    problems.push('must have grouping for group, else rows of different groupings would be one series');
  }
  return rule.map((word) => word.replace(/^label:/, ''));
}
