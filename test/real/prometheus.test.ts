import { uncompress } from 'snappyjs';
import { describe, expect, it } from 'vitest';
import { parseUri } from '../../shared/config/uri.ts';
import type { MetricBatch } from '../../shared/core/batch.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { metricId } from '../../shared/core/metrics.ts';
import { MINUTE } from '../../shared/core/units.ts';
import type { RemoteWriteRequest } from '../../shared/sinks/prometheus/request.ts';
import { openSink } from '../../shared/sinks/registry.ts';
import { createBuilder, nodeBatch, nodeName, setLabels, wholeCatalogBatch } from '../contract/sinks/contract-batch.ts';
import { decodeByProtoc } from '../support/protoc.ts';
import { missingPart, realPart } from '../support/real-part.ts';
import { type MetricsServer, startPrometheus, startVictoriaMetrics } from './prometheus-servers.ts';
import { deliverTo, type ExpectedValue, expectedValues, realBatch } from './real-batch.ts';
import { expectSameSeries, VICTORIA_PRECISION } from './same-series.ts';

/** What a server should have of a batch in Heapster's names. */
function asSeries(values: readonly ExpectedValue[]): readonly ExpectedValue[] {
  return values.map(({ metric, labels, value }) => ({
    metric: `heapster_${metric.replaceAll(/[^a-zA-Z0-9_]/g, '_')}`,
    labels: { ...labels, cluster_name: 'prod', zone: 'a' },
    value,
  }));
}

async function readAll(server: MetricsServer, timestamp: number): Promise<readonly ExpectedValue[]> {
  const samples = await server.read('zone="a"', timestamp);
  return samples.map(({ labels: { __name__: metric = '', ...labels }, timestamp: at, value }) => {
    expect(at).toBe(timestamp);
    return { metric, labels, value };
  });
}

const SERVERS = [
  ['prometheus', startPrometheus, ['', 'max_bytes=20000&concurrency=1']],
  ['prometheus-3', startPrometheus, ['', 'version=2.0', 'version=2.0&max_samples=100']],
  ['victoria-metrics', startVictoriaMetrics, ['']],
  ['victoria-metrics-otlp', startVictoriaMetrics, ['']],
] as const;

describe('remote write against real receivers', () => {
  for (const [name, start, variants] of SERVERS) {
    for (const options of variants) {
      it(`${name} has every value read back as it was (${options || 'by default'})`, async (context) => {
        await using server = await start(context, name);
        const batch = realBatch({ oddNames: true });
        const expected = asSeries(expectedValues(batch));

        const report = await deliverTo(
          `prometheus:${server.url}?names=heapster&external_label=zone=a&${options}`,
          batch,
        );
        const stored = await readAll(server, batch.timestamp);

        expect(report).toMatchObject({ encoded: expected.length, delivered: expected.length, problems: [] });
        const tolerance = start === startVictoriaMetrics ? VICTORIA_PRECISION : 0;
        expectSameSeries(stored, expected, tolerance);
      }, 60_000);
    }
  }

  it('a copy of a request has no effect on Prometheus', async (context) => {
    await using server = await startPrometheus(context, 'prometheus');
    const batch = nodeBatch(50);

    await deliverTo(`prometheus:${server.url}?names=heapster`, batch);
    const again = await deliverTo(`prometheus:${server.url}?names=heapster`, batch);
    const stored = await server.read('type="node"', batch.timestamp);

    expect(again).toMatchObject({ delivered: 50, rejected: 0 });
    expect(stored.length).toBe(50);
  }, 60_000);

  for (const [name, options, rejected] of [
    // It stores the others of the request and does not say how many: all count as rejected, which is never too few.
    ['prometheus', '', 50],
    ['prometheus-3', '', 50],
    ['prometheus-3', 'version=2.0', 1],
  ] as const) {
    it(`${name} refuses another value of the same time, and says so (${options || 'by default'})`, async (context) => {
      await using server = await startPrometheus(context, name);
      await deliverTo(`prometheus:${server.url}?names=heapster`, nodeBatch(1));

      const report = await deliverTo(
        `prometheus:${server.url}?names=heapster&${options}`,
        nodeBatch(50, (index) => (index === 0 ? 99 : index)),
      );

      expect(report).toMatchObject({ encoded: 50, rejected, dropped: 0, retries: 0 });
      expect(report.problems[0]?.problem).toMatch(/has another value of the same time already|has newer samples/);
    }, 60_000);

    it(`${name} refuses what is older than its newest sample, and says so (${options || 'by default'})`, async (context) => {
      await using server = await startPrometheus(context, name);
      const builder = createBuilder(nodeBatch(0).timestamp - 2 * MINUTE);
      const row = builder.table('node').addRow();
      setLabels(builder, 'node', row, { nodename: nodeName(0) });
      builder.table('node').set(metricId('cpu/usage_rate'), row, 1);
      await deliverTo(`prometheus:${server.url}?names=heapster`, nodeBatch(1));

      const report = await deliverTo(`prometheus:${server.url}?names=heapster&${options}`, builder.build());

      expect(report).toMatchObject({ encoded: 1, rejected: 1, retries: 0 });
      expect(report.problems[0]?.problem).toMatch(/has newer samples of these series already/);
    }, 60_000);
  }

  for (const [name, start] of [
    ['prometheus', startPrometheus],
    ['victoria-metrics', startVictoriaMetrics],
  ] as const) {
    it(`${name}, which does not know version 2.0, is noticed`, async (context) => {
      await using server = await start(context, name);

      const report = await deliverTo(`prometheus:${server.url}?names=heapster&version=2.0`, nodeBatch(5));

      expect(report).toMatchObject({ encoded: 5, delivered: 0, rejected: 5 });
      expect(report.problems[0]?.problem).toMatch(/knows 1\.0 only; set version=1\.0/);
    }, 60_000);
  }

  for (const [name, options] of [
    ['prometheus', ''],
    ['prometheus-3', ''],
    ['prometheus-3', 'version=2.0'],
  ] as const) {
    it(`${name} shows an ended series no more, and others still (${options || 'by default'})`, async (context) => {
      await using server = await startPrometheus(context, name);
      const uri = `prometheus:${server.url}?names=heapster&${options}`;
      const before = { ...nodeBatch(3), timestamp: nodeBatch(0).timestamp - MINUTE };
      const now = nodeBatch(1);
      const [, ...gone] = [nodeName(0), nodeName(1), nodeName(2)];
      const names = async (at: number): Promise<readonly (string | undefined)[]> => {
        const samples = await server.query('heapster_cpu_usage_rate', at);
        return samples.map(({ labels }) => labels['nodename']).sort();
      };
      await deliverTo(uri, before);
      await deliverTo(uri, now);
      const lingering = await names(now.timestamp);

      const report = await deliverTo(uri, {
        ...nodeBatch(0),
        timestamp: now.timestamp,
        ended: lastOf(now.timestamp, gone),
      });

      expect(report).toMatchObject({ encoded: 0, requests: 1, problems: [] });
      expect(lingering).toEqual([nodeName(0), ...gone]);
      expect(await names(now.timestamp)).toEqual([nodeName(0)]);
      expect(await names(before.timestamp)).toEqual([nodeName(0), ...gone]);
    }, 60_000);
  }
});

/** Series of nodes that have ended. */
function lastOf(timestamp: number, nodes: readonly string[]): MetricBatch {
  const builder = createBuilder(timestamp);
  for (const nodename of nodes) {
    const row = builder.table('node').addRow();
    setLabels(builder, 'node', row, { nodename });
    builder.table('node').set(metricId('cpu/usage_rate'), row, 1);
  }
  return builder.build();
}

describe('remote write as protoc reads it', () => {
  for (const [version, file, type, series] of [
    ['1.0', 'remote-write-v1.proto', 'prometheus.WriteRequest', /^timeseries {$/gm],
    ['2.0', 'remote-write-v2.proto', 'io.prometheus.write.v2.Request', /^timeseries {$/gm],
  ] as const) {
    it(`${version} is the message of the definitions, with nothing unknown in it`, async (context) => {
      const part = realPart('protoc');
      if (part === undefined) return context.skip(missingPart('protoc'));
      const sink = await openSink(parseUri(`prometheus:http://localhost?version=${version}&names=heapster`, {}), {
        clock: systemClock,
        notice: () => {},
        write: () => {},
      });

      const requests = [...sink.encode(wholeCatalogBatch(), () => {})] as RemoteWriteRequest[];
      const texts = requests.map(({ body }) => decodeByProtoc(part.path, file, type, uncompress(body)));

      const count = (line: RegExp): number => texts.reduce((sum, text) => sum + [...text.matchAll(line)].length, 0);
      expect(count(/^ *\d+[:{ ]/gm), 'fields that the definitions do not have').toBe(0);
      expect(count(series)).toBe(requests.reduce((sum, { points }) => sum + points, 0));
      expect(count(/"heapster_cpu_usage_rate"/g)).toBeGreaterThan(0);
      await sink.close();
    });
  }
});
