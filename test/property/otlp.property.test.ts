import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBatchPoints, labelOf, type MetricBatch } from '../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import { heapsterType, LEVELS } from '../../shared/core/level.ts';
import { metricId } from '../../shared/core/metrics.ts';
import heapster from '../../shared/dialects/heapster.ts';
import { encodeOtlp } from '../../shared/sinks/otlp/encode.ts';
import { encodeOtlpJson } from '../../shared/sinks/otlp/json-request.ts';
import { ATTRIBUTE_PLACES, type OtlpSettings } from '../../shared/sinks/otlp/settings.ts';
import { createRowReader } from '../../shared/sinks/row-values.ts';
import { expectedValues } from '../real/real-batch.ts';
import { type Attribute, type ReceivedPoint, readExportJson, readExportRequest } from '../sim/otlp-messages.ts';
import { randomBatch } from '../support/random-batch.ts';

const SETTINGS: OtlpSettings = {
  dialect: heapster,
  attributes: 'resource',
  resource: [],
  instances: false,
  toMetric: (name) => name,
  toAttribute: (name) => name,
  descriptions: false,
  maxPoints: 10_000,
  maxBytes: 1_000_000,
};

type LibraryRequest = Parameters<typeof ProtobufMetricsSerializer.serializeRequest>[0];

const byKey = (attributes: readonly Attribute[]): readonly Attribute[] =>
  [...attributes].sort(([a], [b]) => (a < b ? -1 : 1));

/** Points in an order of their own, their attributes too. */
function sorted(points: readonly ReceivedPoint[]): readonly string[] {
  const plain = points.map(({ resource, attributes, start, time, ...rest }) =>
    JSON.stringify({
      ...rest,
      resource: byKey(resource),
      attributes: byKey(attributes),
      start: `${start}`,
      time: `${time}`,
    }),
  );
  return plain.sort();
}

const GAUGE = 2;
const SUM = 3;
const CUMULATIVE = 1;
const INT = 0;
const DOUBLE = 1;

/** A batch as the SDK has it, a request for each row. */
function toLibrary(batch: MetricBatch): readonly LibraryRequest[] {
  return LEVELS.flatMap((level) => {
    const table = batch.tables[level];
    if (table === undefined) return [];
    const read = createRowReader(batch, table);
    return Array.from({ length: table.rows }, (_, row) => {
      const attributes: Record<string, string> = { type: heapsterType(level), cluster_name: 'prod' };
      for (const [index, key] of batch.labelKeys.entries()) {
        const text = labelOf(batch, table, index, row);
        if (text !== undefined && text !== '') attributes[key] = text;
      }
      const time = (millis: number): [number, number] => [Math.floor(millis / 1_000), (millis % 1_000) * 1e6];
      const start = table.start[row] ?? Number.NaN;
      const metrics = read(row).map(({ metric, own, value }) => ({
        descriptor: {
          name: metric.name,
          description: '',
          unit: metric.unit,
          valueType: metric.valueType === 'int64' ? INT : DOUBLE,
          type: 'GAUGE',
          advice: {},
        },
        aggregationTemporality: CUMULATIVE,
        dataPointType: metric.kind === 'gauge' ? GAUGE : SUM,
        isMonotonic: true,
        dataPoints: [
          {
            startTime: metric.kind === 'cumulative' && start < batch.timestamp ? time(start) : [0, 0],
            endTime: time(batch.timestamp),
            attributes: Object.fromEntries(own),
            value,
          },
        ],
      }));
      return {
        resource: { attributes },
        scopeMetrics: [{ scope: { name: 'heapless' }, metrics }],
      } as unknown as LibraryRequest;
    });
  });
}

describe('otlp', () => {
  it('is what the serializers of OpenTelemetry make of the same batch', () => {
    fc.assert(
      fc.property(randomBatch, (batch) => {
        const requests = [...encodeOtlp(batch, SETTINGS, () => {})];

        const ours = sorted(requests.flatMap(({ message }) => readExportRequest(message)));
        const library = toLibrary(batch);
        const protobuf = library.flatMap((request) => {
          return readExportRequest(Buffer.from(ProtobufMetricsSerializer.serializeRequest(request) ?? []));
        });
        expect(ours).toEqual(sorted(protobuf));
        const json = library.map((request) => Buffer.from(JsonMetricsSerializer.serializeRequest(request) ?? []));
        const metrics = json.map((body) => JSON.parse(body.toString()) as { resourceMetrics: readonly object[] });
        const own = [...encodeOtlpJson(requests, SETTINGS.maxBytes, () => {})];
        const keys = (value: unknown): readonly string[] => [
          ...new Set([...JSON.stringify(value).matchAll(/"(\w+)":/g)].map(([, key]) => key ?? '')),
        ];
        const written = own.flatMap(({ body }) => keys(JSON.parse(body.toString())));
        expect(written.filter((key) => !keys(metrics).includes(key))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  for (const attributes of ATTRIBUTE_PLACES) {
    it(`has each value of any batch once, within the limits (labels with the ${attributes})`, () => {
      fc.assert(
        fc.property(
          randomBatch,
          fc.integer({ min: 500, max: 4_000 }),
          fc.integer({ min: 1, max: 40 }),
          (batch, maxBytes, maxPoints) => {
            let rejected = 0;
            const settings = { ...SETTINGS, attributes, maxBytes, maxPoints };
            const requests = [...encodeOtlp(batch, settings, ({ points }) => (rejected += points))];

            const points = requests.map(({ message }) => readExportRequest(message));
            for (const [index, request] of requests.entries()) {
              expect(request.bytes).toBeLessThanOrEqual(maxBytes);
              expect(request.points).toBeLessThanOrEqual(maxPoints);
              expect(request.points).toBe(points[index]?.length);
            }
            const got = points.flat().map((point) => {
              const labels = { ...Object.fromEntries(point.resource), ...Object.fromEntries(point.attributes) };
              return JSON.stringify([point.metric, byKey(Object.entries(labels)), point.value]);
            });
            const wanted = expectedValues(batch).map(({ metric, labels, value }) =>
              JSON.stringify([metric, byKey(Object.entries({ ...labels, cluster_name: 'prod' })), value]),
            );
            expect(got.length + rejected).toBe(countBatchPoints(batch));
            expect(got.filter((line) => !wanted.includes(line))).toEqual([]);
            expect(new Set(got).size).toBe(got.length);
          },
        ),
        { numRuns: 150 },
      );
    });
  }

  it('halves a request into two that have its points in order', () => {
    fc.assert(
      fc.property(randomBatch, (batch) => {
        for (const request of encodeOtlp(batch, SETTINGS, () => {})) {
          const halves = request.split();
          if (halves === undefined) {
            expect(request.points).toBe(1);
            continue;
          }
          expect(halves.flatMap(({ message }) => readExportRequest(message))).toEqual(
            readExportRequest(request.message),
          );
          expect(halves[0].points + halves[1].points).toBe(request.points);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('says -0 in JSON as in protobuf', () => {
    const builder = new MetricBatchBuilder({ timestamp: 0, resolution: 60_000, cluster: 'prod' });
    const table = builder.table('cluster');
    table.set(metricId('collection/completeness'), table.addRow(), -0);
    const requests = [
      ...encodeOtlpJson(
        encodeOtlp(builder.build(), SETTINGS, () => {}),
        10_000,
        () => {},
      ),
    ];

    const values = requests.flatMap(({ body }) => readExportJson(body.toString())).map(({ value }) => value);

    expect(values).toEqual([-0]);
  });

  it('says the same in JSON, within the limit of bytes', () => {
    fc.assert(
      fc.property(randomBatch, fc.integer({ min: 1_000, max: 8_000 }), (batch, maxBytes) => {
        let rejected = 0;
        const requests = [...encodeOtlp(batch, SETTINGS, () => {})];
        const json = [...encodeOtlpJson(requests, maxBytes, ({ points }) => (rejected += points))];

        const points = json.flatMap(({ body }) => readExportJson(body.toString()));
        expect(points.length + rejected).toBe(countBatchPoints(batch));
        for (const { body } of json) expect(body.length).toBeLessThanOrEqual(maxBytes);
        expect(points).toEqual(json.flatMap(({ message }) => readExportRequest(message)));
      }),
      { numRuns: 50 },
    );
  });
});
