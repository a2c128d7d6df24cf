import fc from 'fast-check';
import { uncompress } from 'snappyjs';
import { describe, expect, it } from 'vitest';
import { countBatchPoints, type MetricBatch } from '../../shared/core/batch.ts';
import { metricId } from '../../shared/core/metrics.ts';
import heapster from '../../shared/dialects/heapster.ts';
import { createBufferPool } from '../../shared/sinks/buffer-pool.ts';
import { encodeRemoteWrite } from '../../shared/sinks/prometheus/encode.ts';
import type { RemoteWriteRequest } from '../../shared/sinks/prometheus/request.ts';
import { VERSIONS } from '../../shared/sinks/prometheus/settings.ts';
import { createBuilder, setLabels } from '../contract/sinks/contract-batch.ts';
import { expectedValues } from '../real/real-batch.ts';
import { type ReceivedSample, readRequestV2, readWriteRequest } from '../sim/remote-write-messages.ts';
import { randomBatch } from '../support/random-batch.ts';

function read({ version, body }: RemoteWriteRequest): readonly ReceivedSample[] {
  const message = Buffer.from(uncompress(body));
  return version === '1.0' ? readWriteRequest(message) : readRequestV2(message);
}

/** A label's name as the sink must write it; of two names that become one, the later one gets `_2`. */
const NAMES: Readonly<Record<string, string>> = { 'app.kubernetes.io/name': 'app_kubernetes_io_name' };

function series(metric: string, labels: Readonly<Record<string, string>>): string {
  const renamed = Object.entries(labels).map(([name, value]): [string, string] => [NAMES[name] ?? name, value]);
  const name: [string, string] = ['__name__', `heapster_${metric.replaceAll(/[^a-zA-Z0-9_]/g, '_')}`];
  return JSON.stringify([name, ...renamed].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Rows of nodes with two values each; their text is larger than an encoder's first buffer when there are many. */
function nodes(names: readonly string[], rows: number): MetricBatch {
  const builder = createBuilder();
  const table = builder.table('node');
  for (let row = 0; row < rows; row++) {
    setLabels(builder, 'node', table.addRow(), { nodename: `${names[row % names.length]}-${row}` });
    table.set(metricId('cpu/usage_rate'), row, row / 7);
    table.set(metricId('cpu/request'), row, row);
  }
  return builder.build();
}

describe('remote write', () => {
  for (const version of VERSIONS) {
    it(`${version} has each value of any batch once, in its series, within the limits`, () => {
      fc.assert(
        fc.property(
          randomBatch,
          fc.integer({ min: 600, max: 4_000 }),
          fc.integer({ min: 1, max: 40 }),
          (batch, maxBytes, maxPoints) => {
            const settings = { version, dialect: heapster, external: [], maxBytes, maxPoints };
            let rejected = 0;
            const requests = [...encodeRemoteWrite(batch, settings, ({ points }) => (rejected += points))];

            const samples = requests.flatMap(read);
            const got = samples.map(({ labels, value }) => `${JSON.stringify(labels)} ${value}`);
            const wanted = expectedValues(batch).map(({ metric, labels, value }) => {
              const { app_kubernetes_io_name: second, ...others } = labels;
              const both = {
                ...others,
                cluster_name: 'prod',
                ...(second === undefined ? {} : { app_kubernetes_io_name_2: second }),
              };
              return `${series(metric, both)} ${value}`;
            });
            for (const request of requests) {
              expect(request.bytes).toBeLessThanOrEqual(maxBytes);
              expect(request.series).toBeLessThanOrEqual(maxPoints);
              expect(uncompress(request.body).length).toBe(request.bytes);
            }
            expect(samples.length + rejected).toBe(countBatchPoints(batch));
            const left = new Set(got);
            expect(left.size).toBe(got.length);
            expect(got.filter((line) => !wanted.includes(line))).toEqual([]);
          },
        ),
        { numRuns: 150 },
      );
    });

    it(`${version} has the same requests in buffers that were used before`, () => {
      const pool = createBufferPool(2);
      fc.assert(
        fc.property(
          fc.array(fc.string({ maxLength: 40 }), { minLength: 1, maxLength: 5 }),
          fc.integer({ min: 1, max: 4_000 }),
          fc.integer({ min: 1_000, max: 4_000_000 }),
          (names, rows, maxBytes) => {
            const settings = { version, dialect: heapster, external: [], maxBytes, maxPoints: 20_000 };
            const batch = nodes(names, rows);
            const fresh = encodeRemoteWrite(batch, settings, () => {});

            for (const request of encodeRemoteWrite(batch, settings, () => {}, pool)) {
              const expected = fresh.next();
              expect(expected.done !== true && request.body.equals(expected.value.body)).toBe(true);
              request.release?.();
            }
            expect(fresh.next().done).toBe(true);
          },
        ),
        { numRuns: 20 },
      );
    });

    it(`${version} halves a request into two that have its series in order`, () => {
      fc.assert(
        fc.property(randomBatch, (batch) => {
          const settings = { version, dialect: heapster, external: [], maxBytes: 1e6, maxPoints: 1_000 };
          for (const request of encodeRemoteWrite(batch, settings, () => {})) {
            const halves = request.split();
            if (halves === undefined) {
              expect(request.series).toBe(1);
              continue;
            }
            expect(halves.flatMap(read)).toEqual(read(request));
            expect(halves[0].points + halves[1].points).toBe(request.points);
          }
        }),
        { numRuns: 50 },
      );
    });
  }
});
