import type { MetricTable, OwnLabels } from '../../core/batch.ts';
import { metricId } from '../../core/metrics.ts';
import { ProtobufWriter } from '../protobuf/encode-protobuf.ts';
import { toLabelKey } from './labels.ts';
import { MAX_LABEL_KEY, MAX_LABEL_VALUE } from './limits.ts';
import type { SeriesRule } from './series-rule.ts';
import { KIND, TAG, VALUE_TYPE, writeLabel } from './wire.ts';

/** A series without its row: bytes made once, and how its value is made. */
export interface SeriesPart {
  /** The Metric's type and own labels; those of the row follow. */
  readonly metric: Buffer;
  /** The same where the row has no value to take away. */
  readonly undivided: Buffer;
  /** Kind, value type and unit. */
  readonly tail: Buffer;
  readonly cumulative: boolean;
  readonly sinceCreated: boolean;
  readonly whole: boolean;
  readonly scale: number;
  /** Values to take away, by row. */
  readonly minus: Float64Array | undefined;
  /** Number of own labels; infinite if one is too long to be sent. */
  readonly labels: number;
}

export function createSeriesPart(table: MetricTable, rule: SeriesRule, own: OwnLabels): SeriesPart {
  const renamed = own.map(([key, value]) => [toLabelKey(rule.rename?.[key] ?? key), value] as const);
  const fixed = Object.entries(rule.labels ?? {});
  const undivided = Object.entries(rule.minus?.undivided ?? rule.labels ?? {});
  return {
    metric: metricBytes(rule.name, [...fixed, ...renamed]),
    undivided: metricBytes(rule.name, [...undivided, ...renamed]),
    tail: tailBytes(rule),
    cumulative: rule.kind === 'cumulative',
    sinceCreated: rule.since === 'created',
    whole: rule.valueType === 'int64',
    scale: rule.scale,
    minus: rule.minus === undefined ? undefined : table.columns[metricId(rule.minus.key)],
    labels: renamed.some(isTooLong) ? Number.POSITIVE_INFINITY : fixed.length + renamed.length,
  };
}

function isTooLong([key, value]: readonly [key: string, value: string]): boolean {
  return key.length > MAX_LABEL_KEY || Buffer.byteLength(value) > MAX_LABEL_VALUE;
}

function metricBytes(type: string, labels: readonly (readonly [key: string, value: string])[]): Buffer {
  const out = new ProtobufWriter();
  out.text(TAG.metricType, type);
  for (const [key, value] of labels) writeLabel(out, TAG.metricLabels, key, value);
  return out.copy();
}

function tailBytes({ kind, valueType, unit }: SeriesRule): Buffer {
  const out = new ProtobufWriter();
  out.reserve(4);
  out.byte(TAG.kind);
  out.byte(KIND[kind]);
  out.byte(TAG.valueType);
  out.byte(VALUE_TYPE[valueType]);
  out.text(TAG.unit, unit);
  return out.copy();
}
