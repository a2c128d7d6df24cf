import { labelOf, type MetricBatch, type MetricTable } from '../core/batch.ts';
import { type LabelKey, labelIndex } from '../core/labels.ts';

/** What stands for a name that a row does not have. */
const UNNAMED = '(none)';

/**
 * Heapster's key of a row's metric set (`node:n1/container:kubelet`, `namespace:ns/pod:p`), in its manner for the levels
 * it did not have. Unique in a batch.
 */
export function rowKey(batch: MetricBatch, table: MetricTable, row: number): string {
  const label = (key: LabelKey): string => labelOf(batch, table, labelIndex(key), row) ?? UNNAMED;
  const namespace = (): string => `namespace:${label('namespace_name')}`;
  const pod = (): string => `${namespace()}/pod:${label('pod_name')}`;
  switch (table.level) {
    case 'cluster':
      return 'cluster';
    case 'namespace':
      return namespace();
    case 'workload':
      return `${namespace()}/workload:${label('workload_kind')}/${label('workload_name')}`;
    case 'group':
      return `group:${label('grouping')}/${groupValues(batch, table, row)}`;
    case 'node':
      return `node:${label('nodename')}`;
    case 'sys_container':
      return `node:${label('nodename')}/container:${label('container_name')}`;
    case 'pod':
      return pod();
    case 'pod_container':
      return `${pod()}/container:${label('container_name')}`;
    case 'volume':
      return `${pod()}/volume:${label('volume_name')}`;
  }
}

function groupValues(batch: MetricBatch, table: MetricTable, row: number): string {
  const grouping = labelIndex('grouping');
  const pairs: string[] = [];
  for (const [key, name] of batch.labelKeys.entries()) {
    const value = key === grouping ? undefined : labelOf(batch, table, key, row);
    if (value !== undefined) pairs.push(`${name}=${value}`);
  }
  return pairs.join(',');
}
