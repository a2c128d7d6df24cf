import type { Level } from '../../core/level.ts';
import type { SeriesRule } from './series-rule.ts';

/** Where the metrics of `gke_container` are, behind the prefix. */
export const OLD_FOLDER = 'container/';

const cumulative = (name: string, rest: Partial<SeriesRule> = {}): SeriesRule => ({
  name: `${OLD_FOLDER}${name}`,
  kind: 'cumulative',
  valueType: 'int64',
  unit: '1',
  scale: 1,
  ...rest,
});
const gauge = (name: string, rest: Partial<SeriesRule> = {}): SeriesRule => ({
  ...cumulative(name),
  kind: 'gauge',
  unit: 'By',
  ...rest,
});
const DEVICE = { rename: { resource_id: 'device_name' } };
const SECONDS = { valueType: 'double', unit: 's' } as const;

/**
 * Heapster's series on `gke_container`, by metric name; metrics/sinks/stackdriver/metadata.go and its translate functions
 * (legacy model). What Heapster got wrong and what is sent here:
 * - `memory/bytes_total` of nodes was always 0: it is what pods may use of the node.
 * - `cpu/reserved_cores` holds the CPU *limit*, whatever its name says.
 * - `memory/bytes_used` is not one number: `memory_type` divides it into what can be freed under pressure (evictable) and the
 *   working set (non-evictable); the sum is the memory in use. A row without a working set is sent whole, as `undivided`.
 */
const RULES: Readonly<Record<string, SeriesRule>> = {
  uptime: cumulative('uptime', { ...SECONDS, scale: 1e-3 }),
  'cpu/usage': cumulative('cpu/usage_time', { ...SECONDS, scale: 1e-9 }),
  'cpu/limit': gauge('cpu/reserved_cores', { valueType: 'double', unit: '{cpu}', scale: 1e-3 }),
  'network/rx': cumulative('network/received_bytes_count', { unit: 'By' }),
  'network/tx': cumulative('network/sent_bytes_count', { unit: 'By' }),
  'memory/usage': gauge('memory/bytes_used', {
    labels: { memory_type: 'evictable' },
    minus: { key: 'memory/working_set', undivided: { memory_type: 'undivided' } },
  }),
  'memory/working_set': gauge('memory/bytes_used', { labels: { memory_type: 'non-evictable' } }),
  'memory/page_faults': cumulative('memory/page_fault_count', {
    labels: { fault_type: 'minor' },
    minus: { key: 'memory/major_page_faults', undivided: { fault_type: 'undivided' } },
  }),
  'memory/major_page_faults': cumulative('memory/page_fault_count', { labels: { fault_type: 'major' } }),
  'filesystem/usage': gauge('disk/bytes_used', DEVICE),
  'filesystem/limit': gauge('disk/bytes_total', DEVICE),
  'accelerator/memory_total': gauge('accelerator/memory_total'),
  'accelerator/memory_used': gauge('accelerator/memory_used'),
  'accelerator/duty_cycle': gauge('accelerator/duty_cycle', { unit: '%' }),
  'nvidia.com/gpu/request': gauge('accelerator/request', { unit: '1', labels: { resource_name: 'nvidia.com/gpu' } }),
};

const MEMORY_TOTAL = gauge('memory/bytes_total');

/** Names of metrics that Heapster sent in this model. */
export const OLD_METRICS: readonly string[] = [...Object.keys(RULES), 'memory/limit', 'memory/node_allocatable'];

/** Heapster's series of a metric on `gke_container`; undefined = Heapster sent none. */
export function oldSeries(metric: string, level: Level): SeriesRule | undefined {
  if (metric === (level === 'node' ? 'memory/node_allocatable' : 'memory/limit')) return MEMORY_TOTAL;
  return Object.hasOwn(RULES, metric) ? RULES[metric] : undefined;
}
