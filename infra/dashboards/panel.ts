import type { Level } from '../../shared/core/level.ts';
import { DENSE_METRICS, type MetricDescriptor, metricByKey, SPARSE_OWN_LABELS } from '../../shared/core/metrics.ts';
import type { Panel } from './view.ts';

export type PanelOptions = Partial<Omit<Panel, 'level' | 'metrics'>>;

/**
 * A panel of metrics of a level; the title is the description of its one metric, or the names of several, with the unit.
 * Throws `RangeError` on a key that the level does not have and on metrics of
 * different units or own labels.
 */
export function panel(level: Level, metrics: readonly string[], options: PanelOptions = {}): Panel {
  const described = metrics.map(metricByKey);
  const [first] = described;
  if (first === undefined) throw new RangeError(`a panel of ${level} without metrics`);
  for (const metric of described) {
    if (!metric.levels.includes(level)) throw new RangeError(`${metric.key} is no metric of level ${level}`);
    if (metric.unit !== first.unit) throw new RangeError(`${metric.key} has another unit than ${first.key}`);
    if (ownLabelKeys(metric).join() !== ownLabelKeys(first).join()) {
      throw new RangeError(`${metric.key} has other labels of its own than ${first.key}`);
    }
  }
  return {
    title:
      described.length === 1
        ? `${first.description} (${unitText(first)})`
        : `${namesOf(described)} (${unitText(first)})`,
    level,
    metrics,
    by: undefined,
    split: ownLabelKeys(first),
    only: {},
    drawing: 'lines',
    top: undefined,
    max: undefined,
    ...options,
  };
}

function namesOf(metrics: readonly MetricDescriptor[]): string {
  return [...new Set(metrics.map(({ name, own }) => [name, ...Object.values(own)].join(' ')))].join(', ');
}

/** Keys of the labels that come with a metric's values and are not fixed; none for metrics with columns. */
export function ownLabelKeys({ id, name }: MetricDescriptor): readonly string[] {
  return id < DENSE_METRICS ? [] : (SPLIT_OF[name] ?? SPARSE_OWN_LABELS[name.split('/')[0] ?? ''] ?? []);
}

/** Which of its family's own labels a metric has. */
const SPLIT_OF: Readonly<Record<string, readonly string[]>> = {
  'heapless/ticks': ['status'],
  'heapless/nodes': ['outcome'],
  'heapless/points': ['sink', 'outcome'],
  'heapless/stage_duration': ['stage'],
  'heapless/backlog_points': ['sink'],
  'heapless/backlog_age': ['sink'],
};

const UNIT_TEXT: Readonly<Record<string, string>> = {
  'm{cpu}': 'millicores',
  By: 'bytes',
  'By/s': 'bytes/s',
  '1': 'count',
  '1/s': 'per second',
  us: 'µs',
};

/** A unit in words. */
export function unitText({
  unit,
  valueType,
}: {
  readonly unit: string;
  readonly valueType: MetricDescriptor['valueType'];
}): string {
  if (unit === '1' && valueType === 'double') return 'fraction';
  return UNIT_TEXT[unit] ?? unit;
}
