import { ROW_FLAGS } from '../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import { labelIndex } from '../../shared/core/labels.ts';
import type { Level } from '../../shared/core/level.ts';
import { metricByKey, metricId, SAMPLE_CLOCKS } from '../../shared/core/metrics.ts';
import type { TableBuilder } from '../../shared/core/table-builder.ts';
import { MINUTE, type UnixMillis } from '../../shared/core/units.ts';
import type { NodeRows } from '../../shared/sources/source.ts';

export const CORE_SECOND = 1e9;

/** Counters of one row as a kubelet reports them: sample time and values by metric key. */
export interface RateSample {
  readonly start?: UnixMillis;
  /** Sample time of every block, unless `clocks` says another. */
  readonly at?: UnixMillis;
  readonly clocks?: Partial<Record<(typeof SAMPLE_CLOCKS)[number], UnixMillis>>;
  readonly counters?: Readonly<Record<string, number>>;
  /** The kubelet's own estimate of CPU use in millicores. */
  readonly estimate?: number;
}

export interface RatePod extends RateSample {
  readonly uid?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly containers?: Readonly<Record<string, RateSample>>;
}

export interface RateNode extends RateSample {
  readonly name?: string;
  readonly sys?: Readonly<Record<string, RateSample>>;
  readonly pods?: readonly RatePod[];
}

function writeSample(table: TableBuilder, row: number, sample: RateSample): void {
  if (sample.start !== undefined) table.setStart(row, sample.start);
  for (const [key, value] of Object.entries(sample.counters ?? {})) {
    const metric = metricByKey(key);
    table.set(metric.id, row, value);
    if (metric.clock === undefined) continue;
    const at = sample.clocks?.[metric.clock] ?? sample.at;
    if (at !== undefined) table.setSampled(SAMPLE_CLOCKS.indexOf(metric.clock), row, at);
  }
  if (sample.estimate !== undefined) {
    table.set(metricId('cpu/usage_rate'), row, sample.estimate);
    table.addFlag(row, ROW_FLAGS.cpuRateFallback);
  }
}

/** A batch builder with one node's rows in it, as the decoder leaves them. */
export function buildRateNode(
  node: RateNode,
  options: { readonly timestamp?: UnixMillis; readonly resolution?: number; readonly into?: MetricBatchBuilder } = {},
): { readonly builder: MetricBatchBuilder; readonly rows: NodeRows } {
  const builder =
    options.into ??
    new MetricBatchBuilder({
      timestamp: options.timestamp ?? 0,
      resolution: options.resolution ?? MINUTE,
      cluster: undefined,
    });
  const tables = (level: Level): TableBuilder => builder.table(level);
  const [nodes, sys, pods, containers] = [
    tables('node'),
    tables('sys_container'),
    tables('pod'),
    tables('pod_container'),
  ];
  const from = { sys: sys.rows, pods: pods.rows, containers: containers.rows, volumes: tables('volume').rows };
  const label = (
    table: TableBuilder,
    key: Parameters<typeof labelIndex>[0],
    row: number,
    text: string | undefined,
  ): void => table.setLabel(labelIndex(key), row, builder.strings.intern(text));
  const nodeRow = nodes.addRow();
  label(nodes, 'nodename', nodeRow, node.name ?? 'n1');
  writeSample(nodes, nodeRow, node);
  for (const [name, sample] of Object.entries(node.sys ?? {})) {
    const row = sys.addRow();
    label(sys, 'container_name', row, name);
    sys.setParent(row, nodeRow);
    writeSample(sys, row, sample);
  }
  for (const pod of node.pods ?? []) {
    const row = pods.addRow();
    label(pods, 'pod_id', row, pod.uid);
    label(pods, 'pod_name', row, pod.name);
    label(pods, 'namespace_name', row, pod.namespace ?? 'default');
    pods.setParent(row, nodeRow);
    writeSample(pods, row, pod);
    for (const [name, sample] of Object.entries(pod.containers ?? {})) {
      const own = containers.addRow();
      label(containers, 'container_name', own, name);
      containers.setParent(own, row);
      writeSample(containers, own, sample);
    }
  }
  const rows: NodeRows = {
    node: nodeRow,
    sysContainers: { from: from.sys, to: sys.rows },
    pods: { from: from.pods, to: pods.rows },
    containers: { from: from.containers, to: containers.rows },
    volumes: { from: from.volumes, to: from.volumes },
  };
  return { builder, rows };
}
