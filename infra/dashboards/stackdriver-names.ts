import * as z from 'zod';
import type { ComponentUri } from '../../shared/config/config.ts';
import { parseOptions } from '../../shared/config/options.ts';
import { LEVELS, type Level } from '../../shared/core/level.ts';
import { loadSink } from '../../shared/sinks/registry.ts';
import { selects } from '../../shared/sinks/selection.ts';
import { isTotal, isUsual, seriesOf } from '../../shared/sinks/stackdriver/mapping.ts';
import type { ModelName } from '../../shared/sinks/stackdriver/settings.ts';
import type { SeriesNames } from './series.ts';

const options = z.looseObject({
  use_old_resources: z.boolean(),
  use_new_resources: z.boolean(),
  metric_prefix: z.string(),
  levels: z.array(z.enum(LEVELS)),
  metrics: z.array(z.string()),
});

/** The labels of the resource and of the metric by which rows are found, as filters of Cloud Monitoring write them. */
const NEW_LABELS: Readonly<Record<string, string>> = {
  cluster_name: 'resource.label.cluster_name',
  namespace_name: 'resource.label.namespace_name',
  pod_name: 'resource.label.pod_name',
  container_name: 'resource.label.container_name',
  nodename: 'resource.label.node_name',
  volume_name: 'metric.label.volume_name',
};
/** `gke_container` has uids of pods and namespaces, and the node's id: no names. */
const OLD_LABELS: Readonly<Record<string, string>> = {
  cluster_name: 'resource.label.cluster_name',
  namespace_name: 'resource.label.namespace_id',
  pod_name: 'resource.label.pod_id',
  container_name: 'resource.label.container_name',
  nodename: 'resource.label.instance_id',
  volume_name: 'metric.label.device_name',
};
/** Which labels rows of a level have on the new resources; pods are not told apart by their node. */
const ON_NEW: Readonly<Partial<Record<Level, readonly string[]>>> = {
  node: ['cluster_name', 'nodename'],
  sys_container: ['cluster_name', 'nodename', 'container_name'],
  pod: ['cluster_name', 'namespace_name', 'pod_name'],
  pod_container: ['cluster_name', 'namespace_name', 'pod_name', 'container_name'],
  volume: ['cluster_name', 'namespace_name', 'pod_name', 'volume_name'],
};

/**
 * What a `stackdriver:` sink calls everything: a series' name is its metric type. Where it writes both resource models, the new
 * one is shown. Throws `ConfigError` if its options are bad.
 */
export async function stackdriverNames(uri: ComponentUri): Promise<SeriesNames> {
  const parsed = options.parse(parseOptions(uri, (await loadSink(uri.key)).options, `sink ${uri.key}`));
  const { levels, metrics, metric_prefix: prefix } = parsed;
  const models: readonly ModelName[] = [
    ...(parsed.use_new_resources ? ['new' as const] : []),
    ...(parsed.use_old_resources ? ['old' as const] : []),
  ];
  const model = models[0] ?? 'new';
  const byDefault = !namesMetrics(uri);
  return {
    series(metric, level) {
      if (!metric.levels.includes(level) || !levels.includes(level) || !selects({ levels, metrics }, metric))
        return undefined;
      if (byDefault && !isUsual(metric, level, models)) return undefined;
      const rule = seriesOf(metric, level, model, { prefix });
      if (rule === undefined) return undefined;
      const own = Object.entries(metric.own).map(
        ([key, value]) => [`metric.label.${rule.rename?.[key] ?? key}`, value] as const,
      );
      const fixed = Object.entries(rule.labels ?? {}).map(([key, value]) => [`metric.label.${key}`, value] as const);
      return {
        name: rule.name,
        unit: rule.unit,
        scale: rule.scale,
        labels: [
          ['resource.type', resourceType(level, model)],
          ...own,
          // A value that is divided by a label is the sum of its parts.
          ...(rule.minus === undefined ? fixed : []),
        ],
        rate: rule.kind === 'cumulative',
      };
    },
    label(key, level) {
      if (isTotal(level)) return key === 'cluster_name' ? 'resource.label.cluster_name' : totalLabel(key, level);
      if (model === 'old') return key === 'container_name' && level === 'node' ? undefined : OLD_LABELS[key];
      if (level === 'sys_container' && key === 'container_name') return 'metric.label.component';
      return ON_NEW[level]?.includes(key) === true ? NEW_LABELS[key] : undefined;
    },
    ownLabel: (key) => `metric.label.${key}`,
  };
}

function totalLabel(key: string, level: Level): string | undefined {
  const labels: Readonly<Partial<Record<Level, readonly string[]>>> = {
    namespace: ['namespace_name'],
    workload: ['namespace_name', 'workload_kind', 'workload_name'],
    group: ['grouping'],
  };
  return labels[level]?.includes(key) === true ? `metric.label.${key}` : undefined;
}

function resourceType(level: Level, model: ModelName): string {
  if (isTotal(level)) return 'k8s_cluster';
  if (model === 'old') return 'gke_container';
  if (level === 'node' || level === 'sys_container') return 'k8s_node';
  return level === 'pod_container' ? 'k8s_container' : 'k8s_pod';
}

/** True if `metrics=` says what is wanted, and not only what is not: then it is sent at every level. */
function namesMetrics(uri: ComponentUri): boolean {
  const globs = (uri.options.get('metrics') ?? []).flatMap((text) => text.split(','));
  return globs.some((glob) => glob.trim() !== '' && !glob.trim().startsWith('!'));
}
