/** Heapster's batch, and InfluxData's advice: https://docs.influxdata.com/influxdb/v2/write-data/best-practices/optimize-writes/. */
const MAX_POINTS = 10_000;
/** Below InfluxDB 1's `max-body-size` (25 MB) and InfluxDB 3's `max-http-request-size` (10 MB). */
const MAX_BODY_BYTES = 4 * 1_024 * 1_024;

/** Points and bytes of a request; how many go at once is an option. */
export const LIMITS = { maxPoints: MAX_POINTS, maxBytes: MAX_BODY_BYTES, concurrency: 1 } as const;
