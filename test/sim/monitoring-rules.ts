/** A TimeSeries as the service gets it; proto3 JSON names, numbers as they are, times in Unix ms. */
export interface GivenSeries {
  readonly type: string;
  readonly metricLabels: Readonly<Record<string, string>>;
  readonly resource: string;
  readonly resourceLabels: Readonly<Record<string, string>>;
  readonly kind: string;
  readonly valueType: string;
  readonly unit: string;
  readonly points: readonly {
    readonly start: number | undefined;
    readonly end: number | undefined;
    readonly value: number | undefined;
    /** Field of TypedValue. */
    readonly field: string | undefined;
  }[];
}

/** Why a point is not written; the codes are gRPC's. */
export interface PointProblem {
  readonly code: number;
  readonly message: string;
}

const HOUR = 3_600_000;
const OLDEST = 25 * HOUR;
const FARTHEST = 300_000;
/** Least time between two points of a series. */
const PERIOD = 5_000;

/** https://cloud.google.com/monitoring/api/resources: labels without `project_id`, which the request's name gives. */
const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  gke_container: ['cluster_name', 'zone', 'instance_id', 'namespace_id', 'pod_id', 'container_name'],
  k8s_container: ['location', 'cluster_name', 'namespace_name', 'pod_name', 'container_name'],
  k8s_pod: ['location', 'cluster_name', 'namespace_name', 'pod_name'],
  k8s_node: ['location', 'cluster_name', 'node_name'],
  k8s_cluster: ['location', 'cluster_name'],
};
/** Labels without which the identity makes no sense. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  gke_container: ['zone'],
  k8s_container: ['location', 'namespace_name', 'pod_name', 'container_name'],
  k8s_pod: ['location', 'namespace_name', 'pod_name'],
  k8s_node: ['location', 'node_name'],
  k8s_cluster: ['location'],
};

export function seriesKey(series: GivenSeries): string {
  const sorted = (labels: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(labels).sort());
  return `${series.type}${sorted(series.metricLabels)}${series.resource}${sorted(series.resourceLabels)}`;
}

/** Why a whole request is refused before anything is written. */
export function problemOfRequest(all: readonly GivenSeries[]): string | undefined {
  if (all.length === 0) return 'Field timeSeries had an invalid value: no time series';
  if (all.length > 200) return `Field timeSeries had an invalid value: ${all.length} time series, the most is 200`;
  const seen = new Set<string>();
  for (const [index, series] of all.entries()) {
    const problem = problemOfSeries(series);
    if (problem !== undefined) return `Field timeSeries[${index}] had an invalid value: ${problem}`;
    const key = seriesKey(series);
    if (seen.has(key)) return `Field timeSeries[${index}] had an invalid value: Duplicate TimeSeries encountered`;
    seen.add(key);
  }
  return undefined;
}

function problemOfSeries(series: GivenSeries): string | undefined {
  const { type, resource, metricLabels, resourceLabels, points, kind, valueType } = series;
  if (!/^(custom|external|workload)\.googleapis\.com(\/[A-Za-z0-9_]+)+$/.test(type) || type.length > 200) {
    return `metric type ${type}`;
  }
  const allowed = RESOURCES[resource];
  if (allowed === undefined) return `unrecognized resource type ${resource}`;
  const stranger = Object.keys(resourceLabels).find((label) => !allowed.includes(label));
  if (stranger !== undefined) return `unrecognized resource label ${stranger}`;
  const missing = NEEDED[resource]?.find((label) => (resourceLabels[label] ?? '') === '');
  if (missing !== undefined) return `resource label ${missing} is missing`;
  if (resource === 'gke_container' && !resourceLabels['instance_id'] && !resourceLabels['pod_id']) {
    return 'neither resource label instance_id nor pod_id';
  }
  const labels = Object.entries(metricLabels);
  if (labels.length > 30) return `${labels.length} metric labels, the most is 30`;
  for (const [key, value] of [...labels, ...Object.entries(resourceLabels)]) {
    if (!/^[A-Za-z][A-Za-z0-9_]{0,99}$/.test(key)) return `label key ${key}`;
    if (Buffer.byteLength(value) > 1_024) return `the value of label ${key} has more than 1024 bytes`;
  }
  const [point] = points;
  if (points.length !== 1 || point === undefined) return `${points.length} points, must be exactly one`;
  if (point.end === undefined) return 'a point without an end time';
  if (!['GAUGE', 'CUMULATIVE'].includes(kind)) return `metric kind ${kind}`;
  const field = { INT64: 'int64Value', DOUBLE: 'doubleValue' }[valueType];
  if (field === undefined || field !== point.field) return `value type ${valueType} with a ${point.field}`;
  if (valueType === 'DOUBLE' && !Number.isFinite(point.value)) return 'a value that is not finite';
  if (kind === 'GAUGE' && point.start !== undefined && point.start !== point.end) {
    return 'a gauge with a start time that is not its end time';
  }
  if (kind === 'CUMULATIVE' && (point.start === undefined || point.start >= point.end)) {
    return 'a cumulative point whose start time is not before its end time';
  }
  return undefined;
}

/** Remembers what is written, and says why a point of a sound request is not. */
export class SeriesBook {
  readonly #descriptors = new Map<
    string,
    { readonly kind: string; readonly valueType: string; readonly unit: string }
  >();
  readonly #last = new Map<string, { readonly start: number | undefined; readonly end: number }>();

  write(series: GivenSeries, now: number): PointProblem | undefined {
    const key = seriesKey(series);
    const { start, end = 0 } = series.points[0] ?? { start: undefined };
    const invalid = (message: string): PointProblem => ({ code: 3, message });
    const descriptor = this.#descriptors.get(series.type);
    if (descriptor !== undefined) {
      const { kind, valueType, unit } = descriptor;
      if (kind !== series.kind)
        return invalid(`Metric kind for metric ${series.type} must be ${kind}, but is ${series.kind}`);
      if (valueType !== series.valueType) {
        return invalid(`Value type for metric ${series.type} must be ${valueType}, but is ${series.valueType}`);
      }
      if (unit !== series.unit) return invalid(`Unit for metric ${series.type} must be ${unit}, but is ${series.unit}`);
    }
    if (now - end > OLDEST) return invalid('Data points cannot be written more than 25h0s in the past');
    if (end - now > FARTHEST) return invalid('Data points cannot be written more than 5m0s in the future');
    const last = this.#last.get(key);
    if (last !== undefined) {
      if (end <= last.end) {
        return invalid(
          'Points must be written in order. One or more of the points specified had an older end time than the most recent point',
        );
      }
      if (end - last.end < PERIOD) {
        return {
          code: 9,
          message:
            'One or more points were written more frequently than the maximum sampling period configured for the metric',
        };
      }
      if (start !== undefined && start !== last.start && series.kind === 'CUMULATIVE' && start < last.end + 1) {
        return invalid('The start time must be equal to the last one, or be at least 1 ms after the last end time');
      }
    }
    this.#descriptors.set(series.type, descriptor ?? series);
    this.#last.set(key, { start, end });
    return undefined;
  }
}
