// hot path: bench "enrich, aggregate, totals"

import type { LabelSettings } from '../config/config.ts';
import { ROW_FLAGS } from '../core/batch.ts';
import type { MetricBatchBuilder } from '../core/batch-builder.ts';
import { labelIndex } from '../core/labels.ts';
import { metricId } from '../core/metrics.ts';
import type { TableBuilder } from '../core/table-builder.ts';
import type { NodeResources, ShardNode } from '../fanout/invoker.ts';
import type { NodeRows, RowRange } from '../sources/source.ts';
import { joinLabels } from './label-joiner.ts';
import type { PodIndex } from './pod-index.ts';
import { isExpected } from './pod-meta.ts';

export interface NodeEnricherSettings {
  readonly labels: LabelSettings;
  readonly index: PodIndex;
}

const LABELS = labelIndex('labels');
const NODE_NAME = labelIndex('nodename');
const HOST_NAME = labelIndex('hostname');
const HOST_ID = labelIndex('host_id');
const UP = metricId('up');
const DOWN = metricId('node/down');
const POD_COUNT = metricId('pod/count');
const POD_EXPECTED = metricId('pod/expected');
const CONTAINER_COUNT = metricId('container/count');

interface NodeResource {
  readonly key: keyof NodeResources;
  readonly used: number;
  readonly request: number;
  readonly capacity: number;
  readonly allocatable: number;
  readonly utilization: number;
  readonly reservation: number;
}

function resource(key: keyof NodeResources, name: string, used: string): NodeResource {
  return {
    key,
    used: metricId(used),
    request: metricId(`${name}/request`),
    capacity: metricId(`${name}/node_capacity`),
    allocatable: metricId(`${name}/node_allocatable`),
    utilization: metricId(`${name}/node_utilization`),
    reservation: metricId(`${name}/node_reservation`),
  };
}

/** Heapster's choices: memory in use with the page cache, not the working set. */
const RESOURCES: readonly NodeResource[] = [
  resource('cpu', 'cpu', 'cpu/usage_rate'),
  resource('memory', 'memory', 'memory/usage'),
  resource('ephemeralStorage', 'ephemeral_storage', 'ephemeral_storage/usage'),
];

/**
 * Heapster's node-autoscaling enricher and our counts, on the row of a node that answered: labels, capacity, allocatable,
 * utilization and reservation (fractions of allocatable; absent without one, and absent, not 0, while there is no use),
 * `up`, pods and containers measured, pods expected (absent if the index has no pod of the node).
 * Runs after rates and `aggregateNode`.
 */
export function enrichNode(
  builder: MetricBatchBuilder,
  rows: NodeRows,
  node: ShardNode,
  settings: NodeEnricherSettings,
): void {
  const table = builder.table('node');
  const row = rows.node;
  labelNode(builder, row, node, settings);
  setResources(table, row, node);
  for (const { key, used, request, utilization, reservation } of RESOURCES) {
    const allocatable = node.allocatable[key];
    if (allocatable === undefined || !(allocatable > 0) || !hasBoth(node, key)) continue;
    table.set(utilization, row, table.get(used, row) / allocatable);
    table.set(reservation, row, table.get(request, row) / allocatable);
  }
  table.set(UP, row, 1);
  table.set(POD_COUNT, row, measured(builder.table('pod'), rows.pods));
  table.set(CONTAINER_COUNT, row, measured(builder.table('pod_container'), rows.containers));
}

/** A row for a node that did not answer: what the API server says of it, `up` 0, and why. Returns the row. */
export function addDownNode(
  builder: MetricBatchBuilder,
  node: ShardNode,
  settings: NodeEnricherSettings & { readonly reason: string },
): number {
  const table = builder.table('node');
  const row = table.addRow();
  table.addFlag(row, ROW_FLAGS.unmeasured);
  table.setLabel(NODE_NAME, row, builder.strings.intern(node.name));
  table.setLabel(HOST_NAME, row, builder.strings.intern(node.hostname));
  table.setLabel(HOST_ID, row, builder.strings.intern(node.hostId));
  labelNode(builder, row, node, settings);
  setResources(table, row, node);
  setDown(builder, row, settings.reason);
  return row;
}

/** A row for a node that was collected before and is in the node list no more: its name, `up` 0 and the reason `gone`. */
export function addGoneNode(builder: MetricBatchBuilder, name: string): number {
  const table = builder.table('node');
  const row = table.addRow();
  table.addFlag(row, ROW_FLAGS.unmeasured);
  table.setLabel(NODE_NAME, row, builder.strings.intern(name));
  setDown(builder, row, 'gone');
  return row;
}

function setDown(builder: MetricBatchBuilder, row: number, reason: string): void {
  const table = builder.table('node');
  table.set(UP, row, 0);
  table.addSparse(row, DOWN, builder.ownLabels('reason', reason), 1);
}

function labelNode(
  builder: MetricBatchBuilder,
  row: number,
  node: ShardNode,
  { labels, index }: NodeEnricherSettings,
): void {
  const table = builder.table('node');
  const { joined, stored } = joinLabels(node.labels, labels);
  table.setLabel(LABELS, row, builder.strings.intern(joined));
  for (const [key, value] of stored) table.setLabel(builder.labelColumn(key), row, builder.strings.intern(value));
  const pods = index.ofNode(node.name);
  if (pods.length > 0) table.set(POD_EXPECTED, row, pods.filter(isExpected).length);
}

/** Ephemeral storage only if both capacity and allocatable name it, as Heapster. */
function hasBoth(node: ShardNode, key: keyof NodeResources): boolean {
  return key !== 'ephemeralStorage' || (node.capacity[key] !== undefined && node.allocatable[key] !== undefined);
}

function setResources(table: TableBuilder, row: number, node: ShardNode): void {
  for (const { key, capacity, allocatable } of RESOURCES) {
    if (!hasBoth(node, key)) continue;
    table.set(capacity, row, node.capacity[key] ?? Number.NaN);
    table.set(allocatable, row, node.allocatable[key] ?? Number.NaN);
  }
}

function measured(table: TableBuilder, range: RowRange): number {
  let count = 0;
  for (let row = range.from; row < range.to; row++) if (!table.hasFlag(row, ROW_FLAGS.unmeasured)) count++;
  return count;
}
