import type { Level } from '../core/level.ts';
import type { MetricDescriptor } from '../core/metrics.ts';
import type { Dialect, DialectMetric, DialectName } from './dialect.ts';
import { BASE_UNITS, isChosenLabel, type WordMeasure, wordFor } from './words.ts';

/** What the two vocabularies of OpenTelemetry say differently. */
export interface OtelVocabulary {
  readonly name: DialectName;
  /** Names by key of the catalog and level; `undefined` = it has none there. */
  metric(key: string, level: Level): OtelWord | undefined;
  /** Names of own-label keys. */
  readonly ownLabels: Readonly<Record<string, string>>;
}

export interface OtelWord {
  readonly name: string;
  readonly kind?: WordMeasure['kind'];
  readonly unit?: string;
  readonly reading?: WordMeasure['reading'];
  readonly labels?: Readonly<Record<string, string>>;
}

/** What stands before a suffix at a level. */
export const OTEL_PREFIX: Readonly<Partial<Record<Level, string>>> = {
  node: 'k8s.node',
  sys_container: 'k8s.node.system_container',
  pod: 'k8s.pod',
  pod_container: 'container',
};

/** Resource attributes of rows. https://opentelemetry.io/docs/specs/semconv/resource/k8s/ (read 2026-11-28) */
const LABELS: Readonly<Record<string, string>> = {
  nodename: 'k8s.node.name',
  hostname: 'host.name',
  host_id: 'host.id',
  namespace_name: 'k8s.namespace.name',
  pod_name: 'k8s.pod.name',
  pod_id: 'k8s.pod.uid',
  container_name: 'k8s.container.name',
  container_base_image: 'container.image.name',
  volume_name: 'k8s.volume.name',
  pvc_name: 'k8s.persistentvolumeclaim.name',
  workload_kind: 'k8s.workload.type',
  workload_name: 'k8s.workload.name',
  cluster_name: 'k8s.cluster.name',
  grouping: 'heapless.grouping',
};

/**
 * A dialect of OpenTelemetry. What its vocabulary has no name for is called `heapless.<level>.<name>`, so that nothing
 * stays behind but rates whose counter is there.
 */
export function createOtelDialect(vocabulary: OtelVocabulary): Dialect {
  return {
    name: vocabulary.name,
    metric(metric, level): DialectMetric | undefined {
      const base = BASE_UNITS[metric.unit];
      // A level that the catalog does not know for a metric has no word: another metric may have it there.
      const said = metric.levels.includes(level) ? vocabulary.metric(metric.key, level) : undefined;
      if (said !== undefined) {
        const { name, ...more } = said;
        return wordFor(metric, name, { ...base, labels: {}, ...more });
      }
      if (isMadeByBackend(metric, vocabulary, level)) return undefined;
      return wordFor(metric, ownName(metric, level), base);
    },
    label(key, level) {
      if (key === 'container_name' && level === 'sys_container') return 'k8s.node.system_container.name';
      if (isChosenLabel(key)) {
        if (level === 'group') return key;
        return level === 'node' ? `k8s.node.label.${key}` : `k8s.pod.label.${key}`;
      }
      return LABELS[key];
    },
    ownLabel: (key) => vocabulary.ownLabels[key] ?? key,
    fixed: () => [],
  };
}

/** Rates whose counter has a name, and sums over interfaces beside the interfaces themselves. */
function isMadeByBackend(metric: MetricDescriptor, vocabulary: OtelVocabulary, level: Level): boolean {
  if (/^network\/[rt]x(_errors)?$/.test(metric.key)) return true;
  if (metric.rate === undefined) return false;
  const isLeaf = OTEL_PREFIX[level] !== undefined;
  return isLeaf && (metric.rate.of.startsWith('network/') || vocabulary.metric(metric.rate.of, level) !== undefined);
}

function ownName({ name }: MetricDescriptor, level: Level): string {
  const text = name.replaceAll('/', '.');
  return text.startsWith('heapless.') ? text : `heapless.${level}.${text}`;
}
