import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBatchPoints } from '../../shared/core/batch.ts';
import { METRICS } from '../../shared/core/metrics.ts';
import heapster from '../../shared/dialects/heapster.ts';
import otel from '../../shared/dialects/otel.ts';
import prometheus from '../../shared/dialects/prometheus.ts';
import semconv from '../../shared/dialects/semconv.ts';
import { BACKLOG } from '../../shared/sinks/azuremonitor/backlog.ts';
import { readDimensionRules } from '../../shared/sinks/azuremonitor/dimension-rules.ts';
import { encodeCustomMetrics } from '../../shared/sinks/azuremonitor/encode.ts';
import { type CustomMetricsRequest, toBody } from '../../shared/sinks/azuremonitor/request.ts';
import { acceptBody, seriesAndTime } from '../sim/custom-metrics-rules.ts';
import { randomBatch } from '../support/random-batch.ts';

const RULES = fc.record({
  node: fc.subarray(['cluster_name', 'hostname', 'type', 'label:App']),
  pod: fc.subarray(['namespace_name', 'pod_name', 'nodename', 'hostname', 'label:interface']),
  group: fc.constantFrom(['grouping'], ['cluster_name', 'grouping', '*']),
});

const DIALECT = fc.constantFrom(heapster, otel, semconv, prometheus);

describe('encodeCustomMetrics, whatever the batch, the rules and the names', () => {
  it('passes every rule of the service, has each series once, and accounts for every point and every sum', () => {
    fc.assert(
      fc.property(randomBatch, RULES, fc.boolean(), DIALECT, (batch, names, hasCounters, dialect) => {
        const texts = Object.entries(names).map(([level, keys]) => `${level}:${keys.join(',')}`);
        const { rules, problems } = readDimensionRules(texts);
        let rejected = 0;

        const requests = [
          ...encodeCustomMetrics(
            batch,
            {
              dialect,
              namespace: 'Heapless',
              clusterName: undefined,
              dimensions: rules,
              totals: 'statistics',
              delivery: 'at-least-once',
              counters: new Set(hasCounters ? METRICS.map(({ name }) => name) : []),
            },
            ({ points }) => {
              rejected += points;
            },
          ),
        ];
        const bodies = requests.map(({ parts }) => toBody(parts));
        const series = bodies.flatMap((body) => acceptBody(body, batch.timestamp));

        expect(problems).toEqual([]);
        expect(requests.reduce((sum, { points }) => sum + points, 0) + rejected).toBe(countBatchPoints(batch));
        expect(series.reduce((sum, { count }) => sum + count, 0) + rejected).toBe(countBatchPoints(batch));
        expect(new Set(series.map(seriesAndTime)).size).toBe(series.length);
        expect(requests.map(({ bytes }) => bytes)).toEqual(bodies.map((body) => Buffer.byteLength(body)));
        for (const { count, min, max, sum } of series) if (count === 1) expect([min, max]).toEqual([sum, sum]);
      }),
      { numRuns: 300 },
    );
  });

  it('is halved and saved without losing a byte of a series', () => {
    fc.assert(
      fc.property(randomBatch, (batch) => {
        const settings = {
          dialect: heapster,
          namespace: 'Heapless',
          clusterName: undefined,
          dimensions: readDimensionRules([]).rules,
          totals: 'value',
          delivery: 'at-least-once',
          counters: new Set<string>(),
        } as const;
        const whole = [...encodeCustomMetrics(batch, settings, () => {})];
        const pending: CustomMetricsRequest[] = [...whole];
        const leaves: CustomMetricsRequest[] = [];
        for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
          const halves = BACKLOG.load(BACKLOG.save(next)).split();
          if (halves === undefined) leaves.push(next);
          else pending.push(...halves);
        }
        const keys = (requests: readonly CustomMetricsRequest[]): readonly string[] =>
          requests
            .flatMap(({ parts }) => acceptBody(toBody(parts), batch.timestamp))
            .map((one) => `${seriesAndTime(one)} ${one.sum}`)
            .sort();

        expect(leaves.every(({ parts }) => parts.length === 1)).toBe(true);
        expect(keys(leaves)).toEqual(keys(whole));
      }),
      { numRuns: 100 },
    );
  });
});
