// hot path: bench "sinks"
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { LEVELS } from '../../core/level.ts';
import { rowKey } from '../row-key.ts';
import type { EncodeRejection } from '../sink.ts';
import { createRowIndex } from '../text/encode-row-index.ts';
import { RowEncoder } from './encode-rows.ts';
import { createTableLayout, type PointPart } from './encode-table-layout.ts';
import type { OtlpRequest } from './request.ts';
import type { OtlpSettings } from './settings.ts';

type Reject = (rejection: EncodeRejection) => void;

const NOT_FINITE = 'a value that is not a finite number is not sent';
const NOT_INT64 = 'a whole number beyond 64 bits is not sent';
const TOO_LARGE = 'a data point larger than a whole request is not sent';
/** 2^63. */
const OUT_OF_INT64 = 2 ** 63;

/**
 * The batch as OTLP export requests.
 *
 * | of the batch | of OTLP |
 * |---|---|
 * | a row | ResourceMetrics; its labels are attributes of the resource, or of each point |
 * | metric name and unit of the dialect | Metric; values of one name are points of one Metric |
 * | a gauge | Gauge |
 * | a cumulative metric | Sum, cumulative and monotonic; `start_time` = the row's start if that is before the stamp, else absent |
 * | int64, double | `as_int`, `as_double` |
 * | `batch.timestamp` | `time` |
 */
export function* encodeOtlp(batch: MetricBatch, settings: OtlpSettings, reject: Reject): Generator<OtlpRequest> {
  const encoder = new RowEncoder(settings, batch.timestamp, batch.strings);
  for (const level of LEVELS) {
    const table = batch.tables[level];
    if (table !== undefined) yield* encodeTable(batch, table, encoder, settings, reject);
  }
  encoder.finish();
  yield* encoder.full;
}

function* encodeTable(
  batch: MetricBatch,
  table: MetricTable,
  encoder: RowEncoder,
  settings: OtlpSettings,
  reject: Reject,
): Generator<OtlpRequest> {
  const unnamed = (name: string, points: number): void => {
    if (points > 0) reject({ points, reason: `${name} has no name in ${settings.dialect.name}` });
  };
  const layout = createTableLayout(batch, table, settings, ({ name }, points) => unnamed(name, points));
  const { sparse } = table;
  const sparseOf = createRowIndex(table);
  /** Puts a point into its group. */
  const put = (part: PointPart, given: number): void => {
    const { group, scale } = part;
    const scaled = given * scale;
    const value = group.whole ? Math.round(scaled) : scaled;
    if (!Number.isFinite(value)) reject({ points: 1, reason: NOT_FINITE });
    else if (group.whole && (value >= OUT_OF_INT64 || value < -OUT_OF_INT64)) reject({ points: 1, reason: NOT_INT64 });
    else {
      group.parts[group.count] = part;
      group.values[group.count++] = value;
    }
  };
  for (let row = 0; row < table.rows; row++) {
    encoder.row(layout, row, settings.instances ? rowKey(batch, table, row) : undefined);
    for (const at of sparseOf(row)) {
      const part = layout.sparse(sparse.metric[at]!, sparse.own[at]!);
      if (part === undefined) unnamed(batch.metrics[sparse.metric[at]!]!.name, 1);
      else put(part, sparse.value[at]!);
    }
    for (const group of layout.groups) {
      for (const { part, column } of group.dense) {
        const value = column[row]!;
        if (!Number.isNaN(value)) put(part, value);
      }
      if (group.count === 0) continue;
      const tooLarge = encoder.group(group);
      if (tooLarge > 0) reject({ points: tooLarge, reason: TOO_LARGE });
    }
    encoder.endRow();
    if (encoder.full.length > 0) yield* encoder.full.splice(0);
  }
}
