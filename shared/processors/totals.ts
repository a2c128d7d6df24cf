// hot path: bench "enrich, aggregate, totals"
import type { Grouping } from '../config/config.ts';
import { ROW_FLAGS } from '../core/batch.ts';
import type { MetricBatchBuilder } from '../core/batch-builder.ts';
import type { ColumnPool } from '../core/column-pool.ts';
import { keepShape } from '../core/keep-shape.ts';
import { labelIndex } from '../core/labels.ts';
import type { ShardNode } from '../fanout/invoker.ts';
import type { PartialColumn, PartialTable } from '../fanout/partial.ts';
import type { TotalTables } from '../fanout/reducer.ts';
import type { NodeRows } from '../sources/source.ts';
import { type ContainerUse, USE_WIDTH } from './container-use.ts';
import { createGroupRows, type GroupRows, type PodPlace } from './group-rows.ts';
import { createKeyTree } from './key-tree.ts';
import type { EnrichedRows } from './pod-enricher.ts';
import type { PodIndex } from './pod-index.ts';
import { isExpected, type PodMeta, type PodTraits } from './pod-meta.ts';
import { COMPLETENESS, COUNTER_KEYS, NONE, numeratorOf, SUMMED_METRICS, UNKNOWN_NODES } from './total-metrics.ts';
import { type LabelledRow, sortByLabels, TotalRows } from './total-rows.ts';

export interface TotalsOptions {
  readonly groupings: readonly Grouping[];
  /** Most rows of a grouping in one shard, so that its answer stays small; what is beyond is folded into `(other)`. */
  readonly rowLimit?: number;
  /** Has the memory of the sums until `release`. */
  readonly pool?: ColumnPool;
}

/** Totals of one shard, node by node. */
export interface Totals {
  /** Adds the pods of a node that answered; after rates, enrichers and aggregators. */
  add(builder: MetricBatchBuilder, rows: EnrichedRows & ContainerUse, index: PodIndex, node: ShardNode): void;
  /** Adds a node that did not answer: its pods are expected, and none is measured. */
  addDown(node: ShardNode, index: PodIndex): void;
  toPartialTables(): TotalTables;
  /** Gives the memory of the sums back: nothing may be asked any more. */
  release(): void;
}

/** The rows that pods with the same traits count in, but for those that depend on their node. */
interface Aim {
  readonly namespace: string;
  readonly rows: Int32Array;
}

const DEFAULT_ROW_LIMIT = 5_000;
const NAMESPACE_KEYS = ['namespace_name'];
const WORKLOAD_KEYS = ['namespace_name', 'workload_kind', 'workload_name'];
const NAMESPACE = labelIndex('namespace_name');
const POD_COUNT = COUNTER_KEYS.indexOf('pod/count');
const CONTAINER_COUNT = COUNTER_KEYS.indexOf('container/count');
const POD_EXPECTED = COUNTER_KEYS.indexOf('pod/expected');
const POD_COMPLETE = COUNTER_KEYS.indexOf(numeratorOf(COMPLETENESS));
const USE_AT = COUNTER_KEYS.length - USE_WIDTH;
const OF_NETWORK = SUMMED_METRICS.map((metric) => metric.name.startsWith('network/'));

/** Any grouping. */
const SHAPE: Grouping = { text: 'namespace', keys: [{ kind: 'namespace', name: 'namespace_name' }] };

/** A class, so that its methods outlive a shard: code that was compiled against a closure dies with it. */
class PodTotals implements Totals {
  readonly #rows: TotalRows;
  readonly #groups: readonly GroupRows[];
  readonly #workloads = createKeyTree();
  readonly #workloadRows: number[] = [];
  readonly #workload: string[] = ['', '', ''];
  readonly #createWorkload = (): number => this.#addWorkload();
  readonly #targets: Int32Array;
  readonly #values = new Float64Array(SUMMED_METRICS.length);
  /** By a pod's traits: where the last pod that has them counted. */
  readonly #aimed = new Map<PodTraits, Aim>();
  readonly #seen = new Set<PodMeta>();
  readonly #nodes = { count: 0, measured: 0, unknown: 0 };

  constructor({ groupings, rowLimit = DEFAULT_ROW_LIMIT, pool }: TotalsOptions) {
    const rows = new TotalRows(pool);
    this.#rows = rows;
    this.#groups = groupings.map((grouping) => createGroupRows(grouping, rows, rowLimit));
    this.#targets = new Int32Array(1 + groupings.length);
  }

  add(builder: MetricBatchBuilder, nodeRows: EnrichedRows & ContainerUse, index: PodIndex, node: ShardNode): void {
    const rows = this.#rows;
    const targets = this.#targets;
    const values = this.#values;
    const seen = this.#seen;
    const pods = builder.table('pod');
    const { from, to } = nodeRows.pods;
    const columns = SUMMED_METRICS.map((metric) => pods.columnIfAny(metric.id));
    const bound = index.ofNode(node.name);
    const use = nodeRows.containerUse;
    const containers = countContainers(builder, nodeRows);
    seen.clear();
    for (let row = from; row < to; row++) {
      if (pods.hasFlag(row, ROW_FLAGS.unmeasured)) continue;
      const meta = nodeRows.metas[row - from];
      this.#aim({ meta, namespace: builder.strings.get(pods.getLabel(NAMESPACE, row)) ?? NONE, node });
      const onHostNetwork = pods.hasFlag(row, ROW_FLAGS.hostNetwork);
      for (let metric = 0; metric < columns.length; metric++) {
        const column = columns[metric];
        values[metric] = column === undefined || (onHostNetwork && OF_NETWORK[metric]) ? Number.NaN : column[row]!;
      }
      rows.addValues(targets, values);
      rows.addCount(targets, POD_COUNT, 1);
      rows.addCount(targets, CONTAINER_COUNT, containers[row - from]!);
      if (bound.length > 0) rows.addCount(targets, POD_COMPLETE, 1);
      const at = (row - from) * USE_WIDTH;
      for (let i = 0; i < USE_WIDTH; i++) if (use[at + i] !== 0) rows.addCount(targets, USE_AT + i, use[at + i]!);
      if (meta === undefined || !isExpected(meta) || meta.nodeName !== node.name || seen.has(meta)) continue;
      seen.add(meta);
      rows.addCount(targets, POD_EXPECTED, 1);
    }
    this.#expect(bound, node);
    this.#nodes.count++;
    this.#nodes.measured++;
  }

  addDown(node: ShardNode, index: PodIndex): void {
    const bound = index.ofNode(node.name);
    this.#seen.clear();
    this.#expect(bound, node);
    this.#nodes.count++;
    if (bound.length === 0) this.#nodes.unknown++;
  }

  toPartialTables(): TotalTables {
    const rows = this.#rows;
    const workload = this.#workloadRows.map((row) => ({ row, labels: rows.labelsOf(row) }));
    const { namespaces, labelled } = sumNamespaces(rows, workload);
    return {
      cluster: sumCluster(namespaces, labelled, this.#nodes),
      namespace: namespaces.toTable(NAMESPACE_KEYS, labelled),
      workload: rows.toTable(WORKLOAD_KEYS, workload),
      group: groupTable(rows, this.#groups),
    };
  }

  release(): void {
    this.#rows.release();
  }

  #addWorkload(): number {
    const row = this.#rows.addRow([...this.#workload]);
    this.#workloadRows.push(row);
    return row;
  }

  /** Sets `#targets` to the rows that a pod counts in. Copies of a pod have the same traits. */
  #aim(place: PodPlace): void {
    const { meta, namespace } = place;
    const targets = this.#targets;
    const known = meta === undefined ? undefined : this.#aimed.get(meta.traits);
    if (known !== undefined && known.namespace === namespace) {
      targets.set(known.rows);
      const groups = this.#groups;
      for (let i = 0; i < groups.length; i++) if (groups[i]!.isByNode) targets[i + 1] = groups[i]!.rowOf(place);
      return;
    }
    this.#aimAnew(place);
    if (meta !== undefined) this.#aimed.set(meta.traits, { namespace, rows: targets.slice() });
  }

  #aimAnew(place: PodPlace): void {
    const workload = this.#workload;
    const groups = this.#groups;
    const targets = this.#targets;
    workload[0] = place.namespace;
    workload[1] = place.meta?.traits.workload.kind ?? NONE;
    workload[2] = place.meta?.traits.workload.name ?? NONE;
    targets[0] = this.#workloads.row(workload, this.#createWorkload);
    for (let i = 0; i < groups.length; i++) targets[i + 1] = groups[i]!.rowOf(place);
  }

  /** Counts pods that should have been measured, and were not seen. */
  #expect(pods: readonly PodMeta[], node: ShardNode): void {
    for (const meta of pods) {
      if (!isExpected(meta) || this.#seen.has(meta)) continue;
      this.#aim({ meta, namespace: meta.namespace, node });
      this.#rows.addCount(this.#targets, POD_EXPECTED, 1);
    }
  }
}

/**
 * Folds pods into workloads and label groups. Namespaces are the sums of their workloads and the cluster that of its
 * namespaces (Heapster: sums of pods). A metric that a pod lacks is skipped, not 0; network values of a pod on the host's
 * network are the node's and are left out.
 */
export function createTotals(options: TotalsOptions): Totals {
  keepShape(PodTotals, () => new PodTotals({ groupings: [SHAPE] }));
  return new PodTotals(options);
}

/** Namespaces: the sums of their workloads. */
function sumNamespaces(
  rows: TotalRows,
  workloads: readonly LabelledRow[],
): { readonly namespaces: TotalRows; readonly labelled: readonly LabelledRow[] } {
  const namespaces = new TotalRows();
  const byName = new Map<string, number>();
  for (const { row } of workloads) {
    const name = rows.labelsOf(row)[0] ?? '';
    const sum = byName.get(name) ?? namespaces.addRow([name]);
    byName.set(name, sum);
    namespaces.fold(sum, rows, row);
  }
  return { namespaces, labelled: [...byName].map(([name, row]) => ({ row, labels: [name] })) };
}

/** The cluster: the sum of its namespaces, in the order of their names, and its nodes. */
function sumCluster(
  namespaces: TotalRows,
  labelled: readonly LabelledRow[],
  nodes: { readonly count: number; readonly measured: number; readonly unknown: number },
): PartialTable {
  const cluster = new TotalRows();
  const all = cluster.addRow([]);
  for (const { row } of sortByLabels(labelled)) cluster.fold(all, namespaces, row);
  const table = cluster.toTable([], [{ row: all, labels: [] }]);
  const value = (sum: number): PartialColumn => ({ sum: [sum], count: [], min: [], max: [] });
  const metrics = {
    // Without a pod nothing is known of pods, not even that there are none.
    ...(labelled.length > 0 && table.metrics),
    'node/count': value(nodes.count),
    'node/measured': value(nodes.measured),
    [UNKNOWN_NODES]: value(nodes.unknown),
  };
  return { ...table, metrics };
}

/** The rows of all groupings under all their keys. */
function groupTable(rows: TotalRows, groups: readonly GroupRows[]): PartialTable {
  const labelKeys = [...new Set(groups.flatMap((group) => group.labelKeys))];
  const labelled = groups.flatMap((group) => {
    const places = labelKeys.map((key) => group.labelKeys.indexOf(key));
    return group.rows().map(({ row, labels }) => ({ row, labels: places.map((place) => labels[place] ?? null) }));
  });
  return rows.toTable(labelKeys, labelled);
}

/** Containers measured, by pod from the first pod row on. */
function countContainers(builder: MetricBatchBuilder, { pods, containers }: NodeRows): Int32Array {
  const table = builder.table('pod_container');
  const counts = new Int32Array(pods.to - pods.from);
  for (let row = containers.from; row < containers.to; row++) {
    const pod = table.getParent(row) - pods.from;
    if (pod >= 0 && pod < counts.length && !table.hasFlag(row, ROW_FLAGS.unmeasured)) counts[pod]!++;
  }
  return counts;
}
