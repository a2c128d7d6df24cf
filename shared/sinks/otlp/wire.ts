/**
 * Tags of OTLP metrics 1.x (opentelemetry-proto: collector/metrics/v1, metrics/v1, resource/v1, common/v1; read
 * 2026-11-24), each `field << 3 | wire type`.
 *
 * | message | field |
 * |---|---|
 * | ExportMetricsServiceRequest | 1 resource_metrics |
 * | ResourceMetrics | 1 resource, 2 scope_metrics |
 * | Resource | 1 attributes: KeyValue |
 * | ScopeMetrics | 1 scope: InstrumentationScope, 2 metrics |
 * | InstrumentationScope | 1 name |
 * | Metric | 1 name, 2 description, 3 unit, 5 gauge, 7 sum |
 * | Gauge | 1 data_points |
 * | Sum | 1 data_points, 2 aggregation_temporality: enum (2 = cumulative), 3 is_monotonic: bool |
 * | NumberDataPoint | 2 start_time_unix_nano: fixed64, 3 time_unix_nano: fixed64, 4 as_double, 6 as_int: sfixed64, 7 attributes: KeyValue |
 * | KeyValue | 1 key, 2 value: AnyValue |
 * | AnyValue | 1 string_value |
 */
export const TAG = {
  resourceMetrics: 0x0a,
  resource: 0x0a,
  scopeMetrics: 0x12,
  resourceAttributes: 0x0a,
  scope: 0x0a,
  metrics: 0x12,
  scopeName: 0x0a,
  name: 0x0a,
  description: 0x12,
  unit: 0x1a,
  gauge: 0x2a,
  sum: 0x3a,
  dataPoints: 0x0a,
  temporality: 0x10,
  monotonic: 0x18,
  startTime: 0x11,
  time: 0x19,
  asDouble: 0x21,
  asInt: 0x31,
  pointAttributes: 0x3a,
  key: 0x0a,
  value: 0x12,
  stringValue: 0x0a,
} as const;

export const CUMULATIVE = 2;
