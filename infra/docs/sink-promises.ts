import { parseUri } from '../../shared/config/uri.ts';
import type { MetricBatch } from '../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { labelIndex } from '../../shared/core/labels.ts';
import type { Level } from '../../shared/core/level.ts';
import { metricId } from '../../shared/core/metrics.ts';
import { HOUR, MINUTE, type Millis } from '../../shared/core/units.ts';
import { openSink, type SinkKey } from '../../shared/sinks/registry.ts';

/** What a sink's own code says of copies and of late points. */
export interface SinkPromise {
  readonly uri: string;
  /** How many of its requests may be sent twice: a copy changes nothing that is stored. */
  readonly copies: 'all' | 'some' | 'none';
  /** What waits for a later tick; undefined = nothing. */
  readonly late: { readonly maxAge: Millis; readonly ordered: boolean } | undefined;
}

/** A URI of each sink, and those whose options change the promise. A sink that is missing here does not compile. */
const EXAMPLES = {
  azuremonitor: [
    'azuremonitor:?region=westeurope&resource_id=/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c',
    'azuremonitor:?region=westeurope&resource_id=/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c&delivery=at-most-once',
  ],
  cloudwatch: [
    'cloudwatch:?region=eu-west-1',
    'cloudwatch:?region=eu-west-1&delivery=at-most-once',
    'cloudwatch:?mode=emf',
  ],
  elasticsearch: ['elasticsearch:http://search:9200'],
  gcm: ['gcm:?project=p'],
  graphite: ['graphite:tcp://graphite:2003'],
  honeycomb: ['honeycomb:?dataset=d&writekey=k', 'honeycomb:?dataset=d&writekey=k&delivery=at-most-once'],
  influxdb: ['influxdb:http://influxdb:8086'],
  kafka: ['kafka:?brokers=kafka:9092', 'kafka:?brokers=kafka:9092&delivery=at-most-once'],
  log: ['log:'],
  opentsdb: ['opentsdb:http://opentsdb:4242'],
  otlp: ['otlp:http://collector:4318', 'otlp:http://collector:4318?delivery=at-most-once'],
  prometheus: ['prometheus:http://prometheus:9090', 'prometheus:http://prometheus:9090?delivery=at-most-once'],
  riemann: ['riemann:tcp://riemann:5555', 'riemann:tcp://riemann:5555?delivery=at-most-once'],
  stackdriver: ['stackdriver:?project=p'],
  statsd: ['statsd:udp://statsd:8125'],
} as const satisfies Readonly<Record<SinkKey, readonly string[]>>;

/** A batch with a measured row and a total, whose requests differ where a backend would add copies up. */
function sample(): MetricBatch {
  const timestamp = Math.floor(systemClock.now() / MINUTE) * MINUTE;
  const builder = new MetricBatchBuilder({ timestamp, resolution: MINUTE, cluster: 'c' });
  const rows: readonly (readonly [Level, 'nodename' | 'namespace_name'])[] = [
    ['node', 'nodename'],
    ['namespace', 'namespace_name'],
  ];
  for (const [level, label] of rows) {
    const table = builder.table(level);
    const row = table.addRow();
    table.setLabel(labelIndex(label), row, builder.strings.intern('x'));
    table.setStart(row, timestamp - HOUR);
    for (const key of ['cpu/usage_rate', 'memory/working_set']) {
      table.set(metricId(key), row, 7);
      if (level !== 'namespace') continue;
      const statistics = table.statistics(metricId(key));
      statistics.count[row] = 2;
      statistics.min[row] = 3;
      statistics.max[row] = 4;
    }
  }
  return builder.build();
}

/** Opens every sink, encodes a small batch, and reads its promises off the requests; nothing is sent. */
export async function sinkPromises(): Promise<readonly SinkPromise[]> {
  const batch = sample();
  const promises: SinkPromise[] = [];
  for (const uri of Object.values(EXAMPLES).flat()) {
    const sink = await openSink(parseUri(uri, {}), {
      clock: systemClock,
      notice: () => undefined,
      write: () => undefined,
    });
    const requests = [...sink.encode(batch, () => undefined)];
    await sink.close();
    const repeatable = requests.filter(({ idempotent }) => idempotent).length;
    if (requests.length === 0) throw new Error(`${uri} encodes nothing of the sample`);
    const copies = repeatable === requests.length ? 'all' : repeatable === 0 ? 'none' : 'some';
    const { backlog } = sink;
    promises.push({ uri, copies, late: backlog && { maxAge: backlog.maxAge, ordered: backlog.ordered } });
  }
  return promises;
}
