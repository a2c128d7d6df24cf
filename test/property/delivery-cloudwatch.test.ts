import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBatchPoints, type MetricBatch } from '../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../shared/core/batch-builder.ts';
import type { Level } from '../../shared/core/level.ts';
import { metricId } from '../../shared/core/metrics.ts';
import heapster from '../../shared/dialects/heapster.ts';
import { collidingLevels, readDimensionRules } from '../../shared/sinks/cloudwatch/dimension-rules.ts';
import { encodeMetricData } from '../../shared/sinks/cloudwatch/encode.ts';
import { MAX_UNIQUE_VALUES } from '../../shared/sinks/cloudwatch/limits.ts';
import type { MetricDataRequest } from '../../shared/sinks/cloudwatch/request.ts';
import { type AcceptedDatum, acceptRequest, seriesAndTime } from '../sim/cloudwatch-rules.ts';

const NOW = Date.UTC(2026, 10, 24, 0, 1);
const LEVELS: readonly Level[] = ['namespace', 'node', 'pod'];
const METRICS = ['cpu/usage_rate', 'memory/usage', 'filesystem/usage[/]', 'cpu/usage'].map(metricId);
const SPARSE = metricId('accelerator/duty_cycle');

/** Few names, so that rows meet; some of them hard. */
const NAME = fc.option(fc.constantFrom('a', 'b', '', ' ', 'é', '\\u00e9', '"', '(none)', 'x'.repeat(1_500)), {
  nil: undefined,
});
const VALUE = fc.oneof(
  fc.constantFrom(Number.NaN, 0, -0, 1, 1, 2, 2 ** 53, 1e300, Number.POSITIVE_INFINITY, 5e-324),
  fc.double(),
);

interface Row {
  readonly level: Level;
  readonly names: readonly (string | undefined)[];
  readonly values: readonly number[];
  readonly sparse: readonly number[];
  readonly count: number;
}

const ROW: fc.Arbitrary<Row> = fc.record({
  level: fc.constantFrom(...LEVELS),
  names: fc.tuple(NAME, NAME, NAME),
  values: fc.tuple(VALUE, VALUE, VALUE, VALUE),
  sparse: fc.array(
    VALUE.filter((value) => !Number.isNaN(value)),
    { maxLength: 3 },
  ),
  count: fc.integer({ min: 0, max: 5 }),
});

const RULES = fc.record({
  namespace: fc.subarray(['ClusterName', 'Namespace', 'NamespaceId', 'Type']),
  node: fc.subarray(['ClusterName', 'NodeName', 'HostName', 'Type']),
  pod: fc.subarray(['ClusterName', 'Namespace', 'PodName', 'NodeName', 'Type']),
});

function toBatch(rows: readonly Row[]): MetricBatch {
  const builder = new MetricBatchBuilder({ timestamp: NOW, resolution: 60_000, cluster: 'c' });
  for (const { level, names, values, sparse, count } of rows) {
    const table = builder.table(level);
    const row = table.addRow();
    for (const [index, key] of ['namespace_name', 'pod_name', 'nodename'].entries()) {
      table.setLabel(builder.labelColumn(key), row, builder.strings.intern(names[index]));
    }
    for (const [index, metric] of METRICS.entries()) table.set(metric, row, values[index] ?? Number.NaN);
    if (level === 'namespace' && count > 0 && !Number.isNaN(values[0])) {
      const statistics = table.statistics(METRICS[0] ?? 0);
      [statistics.count[row], statistics.min[row], statistics.max[row]] = [count, 0, 3];
    }
    for (const [index, value] of sparse.entries()) {
      table.addSparse(row, SPARSE, builder.ownLabels('model', index === 0 ? 'T4' : 'A100'), value);
    }
  }
  return builder.build();
}

/** The JSON that the SDK makes of a request. */
function wire(request: MetricDataRequest): string {
  const datums = request.datums.map((datum) => ({ ...datum, Timestamp: Number(datum.Timestamp) / 1000 }));
  return JSON.stringify({ Namespace: request.namespace, MetricData: datums });
}

function countOf(datum: AcceptedDatum): number {
  if (datum.counts !== undefined) return datum.counts.reduce((sum, count) => sum + count, 0);
  return datum.statistics === undefined ? 1 : datum.statistics.count;
}

describe('encodeMetricData, whatever the batch and the rules', () => {
  it('passes every rule of the service, has each series once, and accounts for every point', () => {
    fc.assert(
      fc.property(fc.array(ROW, { maxLength: 30 }), RULES, (rows, names) => {
        const texts = LEVELS.map((level) => `${level}:${(names as Record<string, string[]>)[level]?.join(',')}`);
        const { rules, problems } = readDimensionRules(texts);
        expect(problems).toEqual([]);
        fc.pre(collidingLevels(rules, LEVELS).length === 0);
        const batch = toBatch(rows);
        let rejected = 0;

        const requests = [
          ...encodeMetricData(
            batch,
            {
              dialect: heapster,
              namespace: 'Heapless',
              clusterName: undefined,
              dimensions: rules,
              storageResolution: 60,
              totals: 'statistics',
              delivery: 'at-least-once',
              maxValues: MAX_UNIQUE_VALUES,
              counters: new Set(),
            },
            ({ points }) => {
              rejected += points;
            },
          ),
        ];
        const bodies = requests.map(wire);
        const datums = bodies.flatMap((body) => acceptRequest(JSON.parse(body), NOW));

        expect(requests.reduce((sum, { points }) => sum + points, 0) + rejected).toBe(countBatchPoints(batch));
        expect(new Set(datums.map(seriesAndTime)).size).toBe(datums.length);
        for (const [index, body] of bodies.entries()) {
          expect(Buffer.byteLength(body)).toBeLessThanOrEqual(requests[index]?.bytes ?? 0);
        }
        const plain = datums.filter(({ statistics }) => statistics === undefined);
        if (plain.length === datums.length) {
          expect(datums.reduce((sum, datum) => sum + countOf(datum), 0)).toBe(countBatchPoints(batch) - rejected);
        }
      }),
      { numRuns: 500 },
    );
  });
});
