import type { InfluxOptions } from './options.ts';

export interface InfluxEndpoints {
  readonly write: URL;
  /** InfluxQL of version 1. */
  readonly query: URL;
}

/** Where InfluxDB is asked: the address of the URI (a path is kept as a prefix) and the API's own path and parameters. */
export function influxEndpoints(address: URL, options: InfluxOptions): InfluxEndpoints {
  const at = (path: string, parameters: Readonly<Record<string, string | undefined>>): URL => {
    const url = new URL(address);
    if (options.secure === true) url.protocol = 'https:';
    url.pathname = `${address.pathname.replace(/\/+$/, '')}${path}`;
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
    return url;
  };
  const { api, db, org, bucket, rp } = options;
  const write = {
    v1: () => at('/write', { db, rp, precision: 'ms' }),
    v2: () => at('/api/v2/write', { org, bucket, precision: 'ms' }),
    v3: () => at('/api/v3/write_lp', { db, precision: 'millisecond', accept_partial: 'true' }),
  }[api]();
  return { write, query: at('/query', {}) };
}
