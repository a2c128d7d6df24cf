import type { MetricBatch } from '../../shared/core/batch.ts';
import { LEVELS, type Level } from '../../shared/core/level.ts';
import { DENSE_METRICS, METRICS } from '../../shared/core/metrics.ts';
import type { UnixMillis } from '../../shared/core/units.ts';
import { createBuilder, lastMinute, setLabels } from '../contract/sinks/contract-batch.ts';

type Labels = Readonly<Record<string, string>>;

/** Rows that a cluster has: two of each kind but the cluster. */
const ROWS: Readonly<Record<Level, readonly Labels[]>> = {
  cluster: [{}],
  namespace: [{ namespace_name: 'shop' }, { namespace_name: 'mail' }],
  workload: [
    { namespace_name: 'shop', workload_kind: 'Deployment', workload_name: 'web' },
    { namespace_name: 'shop', workload_kind: 'StatefulSet', workload_name: 'store' },
  ],
  group: [
    { grouping: 'namespace', namespace_name: 'shop' },
    { grouping: 'namespace', namespace_name: 'mail' },
  ],
  node: [
    { nodename: 'n1', hostname: 'n1' },
    { nodename: 'n2', hostname: 'n2' },
  ],
  sys_container: [
    { nodename: 'n1', hostname: 'n1', container_name: 'kubelet' },
    { nodename: 'n2', hostname: 'n2', container_name: 'kubelet' },
  ],
  pod: [
    { nodename: 'n1', hostname: 'n1', namespace_name: 'shop', pod_name: 'web-0', pod_id: 'u1', namespace_id: 'ns1' },
    { nodename: 'n2', hostname: 'n2', namespace_name: 'shop', pod_name: 'web-1', pod_id: 'u2', namespace_id: 'ns1' },
  ],
  pod_container: [
    {
      nodename: 'n1',
      hostname: 'n1',
      namespace_name: 'shop',
      pod_name: 'web-0',
      pod_id: 'u1',
      container_name: 'app',
      container_base_image: 'shop/app:1',
    },
    {
      nodename: 'n2',
      hostname: 'n2',
      namespace_name: 'shop',
      pod_name: 'web-1',
      pod_id: 'u2',
      container_name: 'app',
      container_base_image: 'shop/app:1',
    },
  ],
  volume: [
    {
      nodename: 'n1',
      namespace_name: 'shop',
      pod_name: 'web-0',
      volume_name: 'data',
      resource_id: 'Volume:data',
      pvc_name: 'data-web-0',
    },
    { nodename: 'n2', namespace_name: 'shop', pod_name: 'web-1', volume_name: 'data', resource_id: 'Volume:data' },
  ],
};

const OF_NODES: readonly Level[] = ['sys_container', 'pod', 'pod_container', 'volume'];

/** Own labels as the product gives them; those that are not listed belong to interfaces and accelerators. */
const OWN: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'heapless/ticks': [['status', 'whole']],
  'heapless/nodes': ['answered', 'failed', 'late'].map((outcome) => ['outcome', outcome]),
  'heapless/points': ['delivered', 'rejected', 'dropped', 'spilled', 'replayed', 'expired'].map((outcome) => [
    'outcome',
    outcome,
    'sink',
    'prometheus',
  ]),
  'heapless/stage_duration': ['list', 'scrape'].map((stage) => ['stage', stage]),
  'heapless/backlog_points': [['sink', 'prometheus']],
  'heapless/backlog_age': [['sink', 'prometheus']],
  'node/down': [['reason', 'unreachable']],
};

/** Every metric of the catalog on rows as a cluster has them. Values differ by metric, row and label; counters grow with time. */
export function observedBatch(timestamp: UnixMillis = lastMinute(), step = 0): MetricBatch {
  const builder = createBuilder(timestamp);
  for (const level of LEVELS) {
    const table = builder.table(level);
    for (const [index, labels] of ROWS[level].entries()) {
      const row = table.addRow();
      setLabels(builder, level, row, labels);
      // The first of a kind is on the first node or of the first pod, the second on the second.
      if (OF_NODES.includes(level)) table.setParent(row, index);
      table.setStart(row, timestamp - 3_600_000 - step * 60_000);
      table.setCreated(row, timestamp - 7_200_000 - step * 60_000);
      for (const { id, name, kind, valueType, levels } of METRICS) {
        if (!levels.includes(level)) continue;
        const base = (id + 1) * 10 + index + (kind === 'cumulative' ? 6_000 * (step + 1) : 0);
        const value = valueType === 'int64' ? base : base / 1_000;
        if (id < DENSE_METRICS) table.set(id, row, value);
        else {
          const family = name.startsWith('accelerator/')
            ? ['make', 'nvidia', 'model', 'l4', 'accelerator_id', 'g0']
            : ['interface', 'eth0'];
          for (const [at, own] of (OWN[name] ?? [family]).entries()) {
            table.addSparse(row, id, builder.ownLabels(...own), value + at);
          }
        }
      }
    }
  }
  return builder.build();
}
