import { type Level, TOTAL_LEVELS } from '../../core/level.ts';
import type { MetricDescriptor } from '../../core/metrics.ts';
import { MAX_TYPE } from './limits.ts';
import { NEW_FOLDERS, NEW_METRICS, newSeries } from './new-model.ts';
import { OLD_FOLDER, OLD_METRICS, oldSeries } from './old-model.ts';
import type { SeriesRule } from './series-rule.ts';
import type { ModelName, StackdriverSettings } from './settings.ts';

/** The word of `metric_prefix=` for Heapster's own, reserved prefixes. */
export const GOOGLE_PREFIX = 'google';
const RESERVED: Readonly<Record<ModelName, string>> = { old: 'container.googleapis.com/', new: 'kubernetes.io/' };

/** What totals are sent of, unless `metrics=` says otherwise; Heapster sent none. */
const TOTAL_METRICS: ReadonlySet<string> = new Set([
  'cpu/usage_rate',
  'cpu/request',
  'cpu/limit',
  'memory/working_set',
  'memory/request',
  'memory/limit',
  'network/rx_rate',
  'network/tx_rate',
  'restart_count',
  'pod/count',
  'node/count',
  'node/measured',
  'collection/completeness',
]);

/** Everything that is sent of some level without `metrics=`. */
export const DEFAULT_METRICS: readonly string[] = [
  ...new Set([...OLD_METRICS, ...NEW_METRICS, ...TOTAL_METRICS]),
].sort();

const TOTALS: ReadonlySet<Level> = new Set(TOTAL_LEVELS);

export function isTotal(level: Level): boolean {
  return TOTALS.has(level);
}

/** True if a metric of a level is sent without `metrics=`: what Heapster sent in one of these models, and the usual totals. */
export function isUsual(metric: MetricDescriptor, level: Level, models: readonly ModelName[]): boolean {
  if (isTotal(level)) return TOTAL_METRICS.has(metric.name);
  return models.some((model) => heapsterSeries(metric.name, level, model) !== undefined);
}

function heapsterSeries(metric: string, level: Level, model: ModelName): SeriesRule | undefined {
  return model === 'old' ? oldSeries(metric, level) : newSeries(metric, level);
}

/**
 * The series of a metric, by model: Heapster's, else one under the catalog's name. With Google's own prefixes only Heapster's,
 * and `container/uptime` as the gauge that it is there. Undefined = it has none.
 */
export function seriesOf(
  metric: MetricDescriptor,
  level: Level,
  model: ModelName,
  settings: Pick<StackdriverSettings, 'prefix'>,
): SeriesRule | undefined {
  const known = isTotal(level) ? undefined : heapsterSeries(metric.name, level, model);
  if (settings.prefix !== GOOGLE_PREFIX) {
    const rule = known ?? plainSeries(metric, level, model);
    const type = `${settings.prefix}${rule.name}`;
    return type.length > MAX_TYPE ? undefined : { ...rule, name: type };
  }
  if (known === undefined) return undefined;
  const uptime = model === 'new' && metric.name === 'uptime';
  return { ...known, name: `${RESERVED[model]}${known.name}`, kind: uptime ? 'gauge' : known.kind };
}

/** A series with the catalog's own name, unit and type, in the folder of its level. */
function plainSeries(metric: MetricDescriptor, level: Level, model: ModelName): SeriesRule {
  const name = `${folderOf(level, model)}${metric.name.replaceAll(/[^A-Za-z0-9_/]/g, '_')}`;
  const { unit, valueType } = metric;
  // A pod's restarts only grow; a total falls when a pod goes.
  if (metric.name === 'restart_count' && !isTotal(level)) {
    return { name, kind: 'cumulative', valueType, unit, scale: 1, since: 'created' };
  }
  return { name, kind: metric.kind, valueType, unit, scale: 1 };
}

function folderOf(level: Level, model: ModelName): string {
  switch (level) {
    case 'cluster':
    case 'namespace':
    case 'workload':
    case 'group':
      return `${level}/`;
    case 'node':
    case 'sys_container':
    case 'pod':
    case 'pod_container':
    case 'volume':
      return model === 'old' ? OLD_FOLDER : NEW_FOLDERS[level];
  }
}
