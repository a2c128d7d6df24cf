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

/** A class, so that its methods outlive a shard: code that was compiled against a closure dies with it. */
class RowsOfGrouping implements GroupRows {
  readonly isByNode: boolean;
  readonly labelKeys: readonly string[];
  readonly #grouping: Grouping;
  readonly #rows: TotalRows;
  readonly #rowLimit: number;
  readonly #tree = createKeyTree();
  readonly #values: string[];
  readonly #own: number[] = [];
  #other: number | undefined;
  readonly #create = (): number => this.#add();

  constructor(grouping: Grouping, rows: TotalRows, rowLimit: number) {
    const { keys } = grouping;
    this.#grouping = grouping;
    this.#rows = rows;
    this.#rowLimit = rowLimit;
    this.#values = keys.map(() => '');
    this.isByNode = keys.some(({ kind }) => kind === 'node' || kind === 'node-label');
    this.labelKeys = ['grouping', ...keys.map((key) => key.name)];
  }

  rowOf(place: PodPlace): number {
    const { keys } = this.#grouping;
    const values = this.#values;
    for (let i = 0; i < keys.length; i++) values[i] = keyValue(keys[i]!, place);
    return this.#tree.row(values, this.#create);
  }

  rows(): readonly LabelledRow[] {
    const all = this.#other === undefined ? this.#own : [...this.#own, this.#other];
    return all.map((row) => ({ row, labels: [this.#grouping.text, ...this.#rows.labelsOf(row)] }));
  }

  #add(): number {
    const rows = this.#rows;
    if (this.#own.length < this.#rowLimit) {
      const row = rows.addRow([...this.#values]);
      this.#own.push(row);
      return row;
    }
    this.#other ??= rows.addRow(this.#values.map(() => OTHER));
    rows.addCountOf(this.#other, FOLDED, 1);
    return this.#other;
  }
}

/**
 * Finds the row of a pod by the values of the grouping's keys. A pod without a label, and a pod that the API server does
 * not know, is under `(none)`. Combinations beyond `rowLimit` go to the row `(other)`, which counts them.
 */
export function createGroupRows(grouping: Grouping, rows: TotalRows, rowLimit: number): GroupRows {
  return new RowsOfGrouping(grouping, rows, rowLimit);
}

function keyValue(key: GroupKey, { meta, namespace, node }: PodPlace): string {
  switch (key.kind) {
    case 'namespace':
      return namespace;
    case 'node':
      return node.name;
    case 'workload':
      return meta === undefined ? NONE : `${meta.traits.workload.kind}/${meta.traits.workload.name}`;
    case 'label':
      return meta === undefined ? NONE : (labelValue(meta.traits.labels, key.name) ?? NONE);
    case 'node-label':
      return labelValue(node.labels, key.name) ?? NONE;
  }
}
