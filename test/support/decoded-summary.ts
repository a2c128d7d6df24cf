import { labelOf, type MetricBatch, type MetricTable, valueAt } from '../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import { type LabelKey, labelIndex } from '../../shared/core/labels.ts';
import type { LeafLevel } from '../../shared/core/level.ts';
import { metricId } from '../../shared/core/metrics.ts';
import type { DecodeFaults, DecodeResult } from '../../shared/sources/source.ts';
import { decodeSummary } from '../../shared/sources/summary-api/decode-summary.ts';

/** When the documents of unit tests are read; their samples lie a few seconds before. */
export const NOW = Date.parse('2026-01-13T18:40:20Z');
export const SAMPLED = '2026-01-13T18:40:14Z';

/** A decoded document with short ways to its rows. `row` finds a row by the text of its naming label. */
export interface DecodedSummary {
  readonly result: DecodeResult;
  readonly faults: DecodeFaults;
  readonly batch: MetricBatch;
  table(level: LeafLevel): MetricTable;
  row(level: LeafLevel, name: string): number;
  label(level: LeafLevel, row: number, key: LabelKey): string | undefined;
  /** A dense value; undefined if it is absent. */
  value(level: LeafLevel, row: number, key: string): number | undefined;
  /** Sparse values of a row as `name{key=value} value`, sorted. */
  sparse(level: LeafLevel, row: number): readonly string[];
}

const NAMING: Readonly<Record<LeafLevel, LabelKey>> = {
  node: 'nodename',
  sys_container: 'container_name',
  pod: 'pod_name',
  pod_container: 'container_name',
  volume: 'volume_name',
};

/** Decodes a document, or a text as it is, as the Summary of `name`. */
export function decodeDocument(
  document: unknown,
  { name = 'n1', hostId = '', now = NOW }: { name?: string; hostId?: string; now?: number } = {},
): DecodedSummary {
  const builder = new MetricBatchBuilder({ timestamp: now, resolution: 60_000, cluster: undefined });
  const body = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  const result = decodeSummary(body, { name, hostname: `${name}.local`, hostId }, builder, { now });
  const batch = builder.build();
  const table = (level: LeafLevel): MetricTable => {
    const found = batch.tables[level];
    if (found === undefined) throw new Error(`no row of level ${level}`);
    return found;
  };
  const label = (level: LeafLevel, row: number, key: LabelKey): string | undefined =>
    labelOf(batch, table(level), labelIndex(key), row);
  return {
    result,
    faults: result.status === 'ok' ? result.faults : {},
    batch,
    table,
    label,
    row(level, text) {
      const rows = Array.from({ length: table(level).rows }, (_, row) => row);
      const found = rows.filter((row) => label(level, row, NAMING[level]) === text);
      if (found.length !== 1) throw new Error(`${found.length} rows of level ${level} are named ${text}`);
      return found[0] as number;
    },
    value(level, row, key) {
      const value = valueAt(table(level), metricId(key), row);
      return Number.isNaN(value) ? undefined : value;
    },
    sparse(level, row) {
      const { sparse } = table(level);
      return Array.from({ length: sparse.length }, (_, i) => i)
        .filter((i) => sparse.row[i] === row)
        .map((i) => {
          const own = (batch.ownLabels[sparse.own[i] ?? 0] ?? []).map(([key, text]) => `${key}=${text}`).join(',');
          return `${batch.metrics[sparse.metric[i] ?? 0]?.name}{${own}} ${sparse.value[i]}`;
        })
        .sort();
    },
  };
}
