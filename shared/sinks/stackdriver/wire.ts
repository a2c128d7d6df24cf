import { ProtobufWriter, utf8Size, varintSize } from '../protobuf/encode-protobuf.ts';

/*
 * | message | fields |
 * |---|---|
 * | CreateTimeSeriesRequest | time_series 2, name 3 |
 * | TimeSeries | metric 1, resource 2, metric_kind 3, value_type 4, points 5, unit 8 |
 * | Metric | labels 2 (map), type 3 |
 * | MonitoredResource | type 1, labels 2 (map) |
 * | Point | interval 1, value 2 |
 * | TimeInterval | start_time 1, end_time 2 |
 * | TypedValue | int64_value 2, double_value 3 |
 * | Timestamp | seconds 1, nanos 2 |
 *
 * google/monitoring/v3/{metric,metric_service,common}.proto and google/api/{metric,monitored_resource}.proto of
 * @google-cloud/monitoring 6.1.1.
 */
export const TAG = {
  timeSeries: 0x12,
  name: 0x1a,
  metric: 0x0a,
  resource: 0x12,
  kind: 0x18,
  valueType: 0x20,
  points: 0x2a,
  unit: 0x42,
  metricLabels: 0x12,
  metricType: 0x1a,
  resourceType: 0x0a,
  resourceLabels: 0x12,
  key: 0x0a,
  value: 0x12,
  interval: 0x0a,
  pointValue: 0x12,
  start: 0x0a,
  end: 0x12,
  int64: 0x10,
  double: 0x19,
  seconds: 0x08,
  nanos: 0x10,
} as const;

/** Of google.api.MetricDescriptor. */
export const KIND = { gauge: 1, cumulative: 3 } as const;
export const VALUE_TYPE = { int64: 2, double: 3 } as const;

/** Most bytes of tags and lengths of a label. */
const OVERHEAD = 24;
/** A TimeInterval's time: tag, length, and a Timestamp of at most this. */
export const TIME_BYTES = 16;

/** Writes a label as an entry of a map of texts, with its tag; empty values are left out. */
export function writeLabel(out: ProtobufWriter, tag: number, key: string, value: string): void {
  if (value === '') return;
  const keySize = utf8Size(key);
  const valueSize = utf8Size(value);
  out.reserve(keySize + valueSize + OVERHEAD);
  out.byte(tag);
  out.varint(2 + varintSize(keySize) + keySize + varintSize(valueSize) + valueSize);
  out.byte(TAG.key);
  out.varint(keySize);
  out.utf8(key, keySize);
  out.byte(TAG.value);
  out.varint(valueSize);
  out.utf8(value, valueSize);
}

/** Writes a time in Unix ms as a Timestamp with a tag. */
export function writeTime(out: ProtobufWriter, tag: number, millis: number): void {
  const seconds = Math.floor(millis / 1_000);
  const nanos = Math.round(millis - seconds * 1_000) * 1_000_000;
  out.reserve(TIME_BYTES);
  out.byte(tag);
  out.varint(1 + varintSize(seconds) + (nanos === 0 ? 0 : 1 + varintSize(nanos)));
  out.byte(TAG.seconds);
  out.varint(seconds);
  if (nanos === 0) return;
  out.byte(TAG.nanos);
  out.varint(nanos);
}

/** The project's field of a request: `projects/<id>`. */
export function nameField(project: string): Buffer {
  const out = new ProtobufWriter();
  out.text(TAG.name, `projects/${project}`);
  return out.copy();
}
