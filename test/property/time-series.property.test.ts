import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBatchPoints } from '../../shared/core/batch.ts';
import { LEVELS } from '../../shared/core/level.ts';
import { createRowReader } from '../../shared/sinks/row-values.ts';
import { seriesOf } from '../../shared/sinks/stackdriver/mapping.ts';
import { loadTimeSeries, saveTimeSeries, type TimeSeriesRequest } from '../../shared/sinks/stackdriver/request.ts';
import type { ModelName } from '../../shared/sinks/stackdriver/settings.ts';
import { randomBatch } from '../support/random-batch.ts';
import { encodeBatch, STACKDRIVER, seriesIn } from '../support/time-series.ts';

const models = fc.constantFrom<readonly ModelName[]>(['old'], ['new'], ['old', 'new']);

describe('requests of stackdriver:', () => {
  it('hold each point or tell why not, in at most 200 series, with sound times', () => {
    fc.assert(
      fc.property(randomBatch, models, (batch, chosen) => {
        const { requests, series, rejected } = encodeBatch(batch, { models: chosen });

        const points = requests.reduce((sum, request) => sum + request.points, 0);
        const refused = Object.values(rejected).reduce((sum, count) => sum + count, 0);
        expect(points + refused).toBe(countBatchPoints(batch));
        for (const request of requests) expect(seriesIn(request).length).toBeLessThanOrEqual(200);
        for (const {
          kind,
          points: [point],
        } of series) {
          expect(point?.end).toBe(batch.timestamp);
          if (kind === 'GAUGE') expect(point?.start).toBeUndefined();
          else expect(point?.start).toBeLessThan(batch.timestamp);
        }
      }),
    );
  });

  it('say every value that needs no other one as it is, in its unit', () => {
    fc.assert(
      fc.property(randomBatch, (batch) => {
        const expected: string[] = [];
        for (const level of LEVELS) {
          const table = batch.tables[level];
          if (table === undefined) continue;
          const read = createRowReader(batch, table);
          for (let row = 0; row < table.rows; row++) {
            for (const { metric, value } of read(row)) {
              const rule = seriesOf(metric, level, 'new', STACKDRIVER);
              if (rule === undefined || rule.minus !== undefined || rule.kind === 'cumulative') continue;
              const scaled = rule.valueType === 'int64' ? Math.round(value * rule.scale) : value * rule.scale;
              if (rule.valueType === 'int64' && (scaled >= 2 ** 63 || scaled < -(2 ** 63))) continue;
              expected.push(`${rule.name} ${scaled}`);
            }
          }
        }

        const said = encodeBatch(batch).series.flatMap(({ type, kind, metricLabels, points: [point] }) =>
          kind === 'GAUGE' && !['evictable', 'undivided'].includes(metricLabels['memory_type'] ?? '')
            ? [`${type} ${point?.value}`]
            : [],
        );

        expect(said.sort()).toEqual(expected.filter((text) => !/Infinity/.test(text)).sort());
      }),
    );
  });

  it('split into the same series, and come back from the state store as they were', () => {
    fc.assert(
      fc.property(randomBatch, models, (batch, chosen) => {
        for (const request of encodeBatch(batch, { models: chosen }).requests) {
          const halves: readonly TimeSeriesRequest[] = request.split() ?? [request];
          const loaded = loadTimeSeries(saveTimeSeries(request));

          expect(halves.flatMap((half) => seriesIn(half))).toEqual(seriesIn(request));
          expect(halves.reduce((sum, half) => sum + half.points, 0)).toBe(request.points);
          expect([loaded.points, seriesIn(loaded)]).toEqual([request.points, seriesIn(request)]);
        }
      }),
    );
  });
});
