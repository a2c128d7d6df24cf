import { describe, expect, it } from 'vitest';
import { loadSink, type SinkKey } from '../../../shared/sinks/registry.ts';

/** The options of Heapster's sinks (its metrics/sinks folder at 1.5), those of its documentation that no code read left out. */
const OPTIONS = {
  elasticsearch: [
    ...['nodes', 'index', 'esUserName', 'esUserSecret', 'maxRetries', 'healthCheck', 'sniff'],
    ...['startupHealthcheckTimeout', 'ver', 'bulkWorkers', 'cluster_name', 'pipeline'],
  ],
  gcm: ['metrics'],
  graphite: ['prefix'],
  honeycomb: ['dataset', 'writekey', 'apihost'],
  influxdb: [
    ...['user', 'pw', 'db', 'secure', 'retention', 'withfields', 'insecuressl', 'cluster_name'],
    ...['disable_counter_metrics', 'concurrency'],
  ],
  kafka: [
    ...['brokers', 'timeseriestopic', 'eventstopic', 'compression', 'user', 'password', 'cacert', 'cert', 'key'],
    'insecuressl',
  ],
  log: [],
  opentsdb: ['cluster'],
  riemann: ['ttl', 'state', 'tags', 'batchsize'],
  stackdriver: [
    ...['use_old_resources', 'use_new_resources', 'min_interval_sec', 'batch_export_timeout_sec', 'initial_delay_sec'],
    ...['cluster_name', 'cluster_location', 'zone'],
  ],
  statsd: ['prefix', 'protocolType', 'numMetricsPerMsg', 'renameLabels', 'allowedLabels', 'labelStyle'],
} as const satisfies Partial<Record<SinkKey, readonly string[]>>;

describe("Heapster's sinks", () => {
  it.each(Object.entries(OPTIONS))('%s has all of its options', async (key, names) => {
    const { options } = await loadSink(key);

    expect(Object.keys(options.shape)).toEqual(expect.arrayContaining([...names]));
  });
});
