import type { ComponentUri } from '../../shared/config/config.ts';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { type LabelKey, labelIndex } from '../../shared/core/labels.ts';
import { LEVELS, type Level } from '../../shared/core/level.ts';
import { DENSE_METRICS, METRICS } from '../../shared/core/metrics.ts';
import { MINUTE } from '../../shared/core/units.ts';
import { openSink } from '../../shared/sinks/registry.ts';
import { selectBatch } from '../../shared/sinks/selection.ts';
import { type ClusterSize, rowsOf } from './cluster-size.ts';

/** Names as long as most are, by label. */
const NAMES: Readonly<Partial<Record<LabelKey, string>>> = {
  nodename: 'ip-10-20-130-240.eu-west-1.compute.internal',
  hostname: 'ip-10-20-130-240.eu-west-1.compute.internal',
  host_id: 'i-0123456789abcdef0',
  namespace_name: 'payments-prod',
  namespace_id: '6f1ed002-ab5f-11f0-9f0a-0242ac120002',
  pod_name: 'checkout-api-7d9c5b8f6d-x2x4z',
  pod_id: '8f1ed002-ab5f-11f0-9f0a-0242ac120002',
  container_name: 'checkout-api',
  container_base_image: 'registry.example.org/shop/checkout-api:1.24.3',
  workload_kind: 'Deployment',
  workload_name: 'checkout-api',
  volume_name: 'checkout-data',
  grouping: 'namespace,label:app.kubernetes.io/name',
};

/** Which of them rows of a level have. */
const LABELS: Readonly<Record<Level, readonly LabelKey[]>> = {
  cluster: [],
  namespace: ['namespace_name', 'namespace_id'],
  workload: ['namespace_name', 'workload_kind', 'workload_name'],
  group: ['grouping', 'namespace_name'],
  node: ['nodename', 'hostname', 'host_id'],
  sys_container: ['nodename', 'hostname', 'host_id', 'container_name'],
  pod: ['nodename', 'host_id', 'namespace_name', 'pod_name', 'pod_id', 'workload_kind', 'workload_name'],
  pod_container: [
    ...['nodename', 'host_id', 'namespace_name', 'pod_name', 'pod_id', 'workload_kind', 'workload_name'],
    ...['container_name', 'container_base_image'],
  ] as readonly LabelKey[],
  volume: ['nodename', 'host_id', 'namespace_name', 'pod_name', 'pod_id', 'volume_name'],
};

/** Numbers as long as most are: bytes of memory, and rates. */
const WHOLE = 134_217_728;
const FRACTION = 0.123_456_789_012_345;

/**
 * Bytes of log that a `cloudwatch:?mode=emf` sink writes in a tick of a cluster: one row of each level with every metric, encoded
 * by the sink itself, times the rows. 0 for a sink that calls PutMetricData. Throws `ConfigError` if its options are bad.
 */
export async function emfBytes(uri: ComponentUri): Promise<(size: ClusterSize) => number> {
  if (!(uri.options.get('mode') ?? []).includes('emf')) return () => 0;
  const sink = await openSink(uri, { clock: systemClock, notice: () => undefined, write: () => undefined });
  try {
    const bytes = LEVELS.map((level) => {
      const batch = selectBatch(oneRow(level), sink.selection);
      let sum = 0;
      for (const request of sink.encode(batch, () => undefined)) sum += request.bytes;
      return [level, sum] as const;
    });
    return (size) => bytes.reduce((sum, [level, ofRow]) => sum + ofRow * rowsOf(level, size), 0);
  } finally {
    await sink.close();
  }
}

function oneRow(level: Level): ReturnType<MetricBatchBuilder['build']> {
  const timestamp = Math.floor(systemClock.now() / MINUTE) * MINUTE;
  const builder = new MetricBatchBuilder({ timestamp, resolution: MINUTE, cluster: 'payments-prod-eu-west-1' });
  const table = builder.table(level);
  const row = table.addRow();
  for (const key of LABELS[level]) table.setLabel(labelIndex(key), row, builder.strings.intern(NAMES[key] ?? ''));
  for (const { id, levels, valueType } of METRICS) {
    if (!levels.includes(level)) continue;
    const value = valueType === 'int64' ? WHOLE : FRACTION;
    if (id < DENSE_METRICS) table.set(id, row, value);
    else table.addSparse(row, id, builder.ownLabels('interface', 'eth0'), value);
  }
  return builder.build();
}
