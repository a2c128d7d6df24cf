import { describe, expect, it } from 'vitest';
import { startElasticsearchServer, valuesOf } from '../sim/elasticsearch-server.ts';
import { readGraphiteLine } from '../sim/graphite-lines.ts';
import { startInfluxServer } from '../sim/influx-server.ts';
import { startLineServer } from '../sim/line-server.ts';
import { startOpentsdbServer } from '../sim/opentsdb-server.ts';
import { startOtlpServer } from '../sim/otlp-server.ts';
import { startRemoteWriteServer } from '../sim/remote-write-server.ts';
import { startTickWorld } from '../support/tick-world.ts';

const TICKS = 3;
const EVERYTHING = 'levels=cluster,namespace,workload,group,node,sys_container,pod,pod_container,volume&metrics=*';

/** What makes two points one to a backend, as text. */
function placesOf(points: readonly unknown[]): readonly string[] {
  return points.map((point) =>
    JSON.stringify(point, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
  );
}

const sorted = (labels: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(labels).toSorted();

describe('points of whole ticks: leaf rows, totals and the numbers of the tick itself', () => {
  it('have a place of their own in every backend that knows points by id or by series and time', async () => {
    await using search = await startElasticsearchServer();
    await using influx = await startInfluxServer();
    await using opentsdb = await startOpentsdbServer();
    await using otlp = await startOtlpServer();
    await using graphite = await startLineServer();
    await using world = await startTickWorld({
      cluster: { nodes: 3, podsPerNode: 5 },
      env: {
        HEAPLESS_SHARD_SIZE: '2',
        HEAPLESS_GROUP_BY: 'namespace; label:app.kubernetes.io/name; node-label:topology.kubernetes.io/zone',
      },
    });
    await using prometheus = await startRemoteWriteServer('prometheus-3', () => world.clock.now());
    const delivered = new Map<string, number>();

    const sinks = [
      `elasticsearch:${search.url}?${EVERYTHING}`,
      `influxdb:${influx.url}?${EVERYTHING}`,
      `opentsdb:${opentsdb.url}?${EVERYTHING}`,
      `otlp:${otlp.url}?${EVERYTHING}`,
      `graphite:tcp://127.0.0.1:${graphite.port}?${EVERYTHING}`,
      `prometheus:${prometheus.url}/api/v1/write?${EVERYTHING}`,
    ];

    for (let tick = 0; tick < TICKS; tick++) {
      const report = await world.tick({ env: { HEAPLESS_SINK: sinks.join(' ') } });
      for (const { sink, delivered: points, rejected } of report.sinks) {
        expect([sink, rejected]).toEqual([sink, 0]);
        delivered.set(sink, (delivered.get(sink) ?? 0) + points);
      }
    }

    const places: Readonly<Record<string, readonly string[]>> = {
      elasticsearch: placesOf(
        [...search.found.values()].flatMap((document) =>
          valuesOf(document).map(({ metric, labels }) => [
            metric,
            sorted(labels),
            Object.entries(document.source).find(([name]) => name.endsWith('Timestamp')),
          ]),
        ),
      ),
      influxdb: placesOf(
        influx.stored.map(({ measurement, tags, field, time }) => [measurement, sorted(tags), field, time]),
      ),
      opentsdb: placesOf(opentsdb.stored.map(({ metric, tags, timestamp }) => [metric, sorted(tags), timestamp])),
      otlp: placesOf(otlp.stored.map(({ resource, metric, attributes, time }) => [resource, metric, attributes, time])),
      graphite: placesOf(
        graphite.lines.map(readGraphiteLine).map(({ name, tags, time }) => [name, sorted(tags), time]),
      ),
      prometheus: placesOf(prometheus.stored.map(({ labels, timestamp }) => [labels, timestamp])),
    };
    for (const [sink, all] of Object.entries(places)) {
      expect([sink, all.length]).toEqual([sink, delivered.get(sink)]);
      expect([sink, all.length - new Set(all).size]).toEqual([sink, 0]);
    }
  }, 60_000);
});
