/** What `HEAPLESS_SINK` says in the benchmarks. */

/** As good as no export: one line a tick. */
export const NO_EXPORT = 'log:?format=json&levels=cluster&metrics=node/count';

/** Every row of every level as a JSON line; the text is discarded. */
export const EVERY_ROW = 'log:?format=json';

/** CloudWatch with its default levels and metrics. */
export function cloudWatch(endpoint: string): string {
  return `cloudwatch:?region=eu-west-1&endpoint=${encodeURIComponent(endpoint)}`;
}

/** For the SDK of a sink that nobody checks. */
export const AWS_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' } as const;

/** Every row of every level as line protocol. */
export function influxDb(endpoint: string): string {
  return `influxdb:${endpoint}?db=bench`;
}

/** The same with the values of an object as fields of a line. */
export function influxDbFields(endpoint: string): string {
  return `${influxDb(endpoint)}&withfields=true`;
}

/** Every row of every level as remote write. */
export function remoteWrite(endpoint: string): string {
  return `prometheus:${endpoint}/api/v1/write`;
}
