import type { Level } from '../../core/level.ts';
import type { TableBuilder } from '../../core/table-builder.ts';
import { toCount, toEntry, toList } from './decode-values.ts';
import type { Walk } from './decode-walk.ts';
import { countFault } from './faults.ts';
import { isLabelText } from './label-text.ts';
import { MAX_VALUE } from './limits.ts';
import type { WireCustomMetric } from './wire.ts';

/** Where user-defined metrics appear: on containers, and by sums on their pods. */
const LEVELS: readonly Level[] = ['sys_container', 'pod', 'pod_container'];

/** Id of a metric's own label set; -1 (counted) if the labels are no texts by names. */
function ownLabels(walk: Walk, labels: unknown): number {
  if (labels === undefined || labels === null) return 0;
  if (typeof labels !== 'object' || Array.isArray(labels)) return -1;
  const flat: string[] = [];
  for (const key of Object.keys(labels).sort()) {
    const value = (labels as Readonly<Record<string, unknown>>)[key];
    if (!isLabelText(key) || !isLabelText(value)) return -1;
    flat.push(key, value);
  }
  return walk.builder.ownLabels(...flat);
}

/** The value of a metric: any finite number of a gauge, none below 0 of a counter. NaN (counted) if it is neither. */
function toValue(walk: Walk, metric: WireCustomMetric): number {
  const value = metric.value;
  if (metric.type === 'gauge' && typeof value === 'number' && value < 0 && value >= -MAX_VALUE) return value;
  if (typeof value === 'number' && value >= 0 && value <= MAX_VALUE) return value;
  return toCount(value, walk.faults);
}

/**
 * User-defined metrics as sparse values `custom/<name>` with the metric's labels as own labels. Gauges may be negative.
 * Types other than gauge and cumulative, and a name that is both within a tick, are counted and left out.
 */
export function decodeCustomMetrics(walk: Walk, table: TableBuilder, row: number, value: unknown): void {
  const list = toList(value, walk.faults);
  if (list.length === 0) return;
  const present = new Set<string>();
  for (const item of list) {
    const metric = toEntry<WireCustomMetric>(item, walk.faults, 'bad_custom_metric');
    if (metric === undefined) continue;
    const { name, type } = metric;
    const own = isLabelText(name) ? ownLabels(walk, metric.labels) : -1;
    if (own < 0) {
      countFault(walk.faults, 'bad_custom_metric');
      continue;
    }
    if (type !== 'gauge' && type !== 'cumulative') {
      countFault(walk.faults, 'custom_metric_type');
      continue;
    }
    const id = walk.builder.dynamicMetric(`custom/${name}`, type, LEVELS);
    if (walk.builder.metrics[id]?.kind !== type) {
      countFault(walk.faults, 'custom_metric_conflict');
      continue;
    }
    const key = `${id} ${own}`;
    if (present.has(key)) {
      countFault(walk.faults, 'duplicate_custom_metric');
      continue;
    }
    const amount = toValue(walk, metric);
    if (Number.isNaN(amount)) continue;
    present.add(key);
    table.addSparse(row, id, own, amount);
  }
}
