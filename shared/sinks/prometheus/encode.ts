// hot path: bench "sinks"
import { countPoints, type MetricBatch, type MetricTable } from '../../core/batch.ts';
import { keepShape } from '../../core/keep-shape.ts';
import { LEVELS } from '../../core/level.ts';
import { createStringInterner } from '../../core/string-table.ts';
import type { BufferPool } from '../buffer-pool.ts';
import type { EncodeRejection } from '../sink.ts';
import { createRowIndex } from '../text/encode-row-index.ts';
import { SeriesEncoder } from './encode-series.ts';
import { createTableLayout, type SeriesPart } from './encode-table-layout.ts';
import type { RemoteWriteRequest } from './request.ts';
import type { RemoteWriteSettings } from './settings.ts';

type Reject = (rejection: EncodeRejection) => void;

/** The batch as remote write requests: a series with one sample for each value, at the batch's stamp. */
export function* encodeRemoteWrite(
  batch: MetricBatch,
  settings: RemoteWriteSettings,
  reject: Reject,
  pool?: BufferPool,
): Generator<RemoteWriteRequest> {
  keepShape(SeriesEncoder, () => new SeriesEncoder(settings, 0, createStringInterner()));
  const encoder = new SeriesEncoder(settings, batch.timestamp, batch.strings, { pool });
  yield* encodeTables(batch, encoder, settings, reject);
}

/**
 * Series that have ended, each with the marker that says so: requests of no points. The markers stand a millisecond before
 * the stamp: if a series goes on after all, with the same labels on another node, its value of this tick comes behind.
 */
export function* encodeStaleMarkers(ended: MetricBatch, settings: RemoteWriteSettings): Generator<RemoteWriteRequest> {
  const encoder = new SeriesEncoder(settings, ended.timestamp - 1, ended.strings, { stale: true });
  yield* encodeTables(ended, encoder, settings, () => {});
}

function* encodeTables(
  batch: MetricBatch,
  encoder: SeriesEncoder,
  settings: RemoteWriteSettings,
  reject: Reject,
): Generator<RemoteWriteRequest> {
  for (const level of LEVELS) {
    const table = batch.tables[level];
    if (table !== undefined && countPoints(table) > 0) yield* encodeTable(batch, table, encoder, settings, reject);
  }
  encoder.finish();
  yield* encoder.full;
}

function* encodeTable(
  batch: MetricBatch,
  table: MetricTable,
  encoder: SeriesEncoder,
  settings: RemoteWriteSettings,
  reject: Reject,
): Generator<RemoteWriteRequest> {
  const unnamed = (name: string, points: number): void => {
    if (points > 0) reject({ points, reason: `${name} has no name in ${settings.dialect.name}` });
  };
  const layout = createTableLayout(batch, table, settings, ({ name }, points) => unnamed(name, points));
  const { dense } = layout;
  const { sparse } = table;
  const sparseOf = createRowIndex(table);
  const add = (part: SeriesPart, values: Float64Array, at: number): void => {
    const reason = encoder.add(part, values, at);
    if (reason !== undefined) reject({ points: 1, reason });
  };
  encoder.open(layout);
  for (let row = 0; row < table.rows; row++) {
    encoder.row(row);
    for (let at = 0; at < dense.length; at++) {
      const { part, column } = dense[at]!;
      add(part, column, row);
    }
    for (const at of sparseOf(row)) {
      const part = layout.sparse(sparse.metric[at]!, sparse.own[at]!);
      if (part === undefined) unnamed(batch.metrics[sparse.metric[at]!]!.name, 1);
      else add(part, sparse.value, at);
    }
    if (encoder.full.length > 0) yield* encoder.full.splice(0);
  }
}
