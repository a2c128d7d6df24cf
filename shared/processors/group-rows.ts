// hot path: bench "enrich, aggregate, totals"
import type { Grouping, GroupKey } from '../config/config.ts';
import type { ShardNode } from '../fanout/invoker.ts';
import { createKeyTree } from './key-tree.ts';
import { labelValue } from './label-joiner.ts';
import type { PodMeta } from './pod-meta.ts';
import { COUNTER_KEYS, NONE, OTHER } from './total-metrics.ts';
import type { LabelledRow, TotalRows } from './total-rows.ts';

/** Where a pod belongs: what the API server says of it (undefined: it does not know it), its namespace, its node. */
export interface PodPlace {
  readonly meta: PodMeta | undefined;
  readonly namespace: string;
  readonly node: ShardNode;
}

/** The rows of one grouping in a shard. */
export interface GroupRows {
  /** The row of a pod. */
  rowOf(place: PodPlace): number;
  /** Whether a pod's row depends on its node. */
  readonly isByNode: boolean;
  readonly labelKeys: readonly string[];
  /** The rows so far, each with its labels by `labelKeys`. */
  rows(): readonly LabelledRow[];
}

const FOLDED = COUNTER_KEYS.indexOf('group/folded');

/**
 * Finds the row of a pod by the values of the grouping's keys. A pod without a label, and a pod that the API server does
 * not know, is under `(none)`. Combinations beyond `rowLimit` go to the row `(other)`, which counts them.
 */
export function createGroupRows(grouping: Grouping, rows: TotalRows, rowLimit: number): GroupRows {
  const tree = createKeyTree();
  const { keys } = grouping;
  const values: string[] = keys.map(() => '');
  const own: number[] = [];
  let other: number | undefined;
  const create = (): number => {
    if (own.length < rowLimit) {
      own.push(rows.addRow([...values]));
      return own.at(-1)!;
    }
    other ??= rows.addRow(keys.map(() => OTHER));
    rows.addCountOf(other, FOLDED, 1);
    return other;
  };
  return {
    rowOf(place) {
      for (let i = 0; i < keys.length; i++) values[i] = keyValue(keys[i]!, place);
      return tree.row(values, create);
    },
    isByNode: keys.some(({ kind }) => kind === 'node' || kind === 'node-label'),
    labelKeys: ['grouping', ...keys.map((key) => key.name)],
    rows: () =>
      (other === undefined ? own : [...own, other]).map((row) => ({
        row,
        labels: [grouping.text, ...rows.labelsOf(row)],
      })),
  };
}

function keyValue(key: GroupKey, { meta, namespace, node }: PodPlace): string {
  switch (key.kind) {
    case 'namespace':
      return namespace;
    case 'node':
      return node.name;
    case 'workload':
      return meta === undefined ? NONE : `${meta.workload.kind}/${meta.workload.name}`;
    case 'label':
      return meta === undefined ? NONE : (labelValue(meta.labels, key.name) ?? NONE);
    case 'node-label':
      return labelValue(node.labels, key.name) ?? NONE;
  }
}
