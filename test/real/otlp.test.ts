import { describe, expect, it } from 'vitest';
import { parseUri } from '../../shared/config/uri.ts';
import { systemClock } from '../../shared/core/clock.ts';
import type { OtlpRequest } from '../../shared/sinks/otlp/request.ts';
import { openSink } from '../../shared/sinks/registry.ts';
import { wholeCatalogBatch } from '../contract/sinks/contract-batch.ts';
import { readExportRequest } from '../sim/otlp-messages.ts';
import { decodeByProtoc } from '../support/protoc.ts';
import { missingPart, realPart } from '../support/real-part.ts';
import { startVictoriaMetrics } from './prometheus-servers.ts';
import { deliverTo, type ExpectedValue, expectedValues, realBatch } from './real-batch.ts';
import { expectSameSeries, VICTORIA_PRECISION } from './same-series.ts';

/** What VictoriaMetrics should have of a batch in Heapster's names. */
function asSeries(values: readonly ExpectedValue[]): readonly ExpectedValue[] {
  return values.map(({ metric, labels, value }) => ({
    metric,
    labels: { ...labels, cluster_name: 'prod', zone: 'a', 'scope.name': 'heapless' },
    value,
  }));
}

describe('otlp against VictoriaMetrics', () => {
  for (const options of ['', 'compression=none&max_points=50', 'attributes=point&descriptions=true']) {
    it(`has every value read back as it was (${options || 'by default'})`, async (context) => {
      await using server = await startVictoriaMetrics(context, 'victoria-metrics-otlp');
      const batch = realBatch({ oddNames: true });
      const expected = expectedValues(batch);

      const report = await deliverTo(
        `otlp:${server.url}?preset=victoriametrics&resource_attribute=zone=a&names=heapster&${options}`,
        batch,
      );
      const samples = await server.read('zone="a"', batch.timestamp);

      expect(report).toMatchObject({ encoded: expected.length, delivered: expected.length, problems: [] });
      const stored = samples.map(
        ({ labels: { __name__: metric = '', 'scope.version': _, ...labels }, timestamp, value }) => {
          expect(timestamp).toBe(batch.timestamp);
          return { metric, labels, value };
        },
      );
      expectSameSeries(stored, asSeries(expected), VICTORIA_PRECISION);
    }, 60_000);
  }
});

describe('otlp as protoc reads it', () => {
  it('is the message of the definitions, with nothing unknown in it', async (context) => {
    const part = realPart('protoc');
    if (part === undefined) return context.skip(missingPart('protoc'));
    const sink = await openSink(parseUri('otlp:http://localhost?descriptions=true&names=heapster', {}), {
      clock: systemClock,
      notice: () => {},
      write: () => {},
    });

    const requests = [...sink.encode(wholeCatalogBatch(), () => {})] as OtlpRequest[];
    const message = Buffer.concat(requests.map((request) => request.message));
    const text = decodeByProtoc(part.path, 'otlp-metrics.proto', 'opentelemetry.ExportMetricsServiceRequest', message);

    const points = readExportRequest(message);
    const count = (line: RegExp): number => [...text.matchAll(line)].length;
    expect(count(/^ *\d+[:{ ]/gm), 'fields that the definitions do not have').toBe(0);
    expect(count(/^ +data_points {$/gm)).toBe(points.length);
    expect(count(/^ +as_int: /gm)).toBe(points.filter(({ type }) => type === 'int').length);
    expect(count(/^ +aggregation_temporality: CUMULATIVE$/gm)).toBeGreaterThan(10);
    expect(text).toContain('name: "cpu/usage_rate"');
    expect(text).toContain('unit: "m{cpu}"');
    await sink.close();
  });
});
