import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBatchPoints } from '../../shared/core/batch.ts';
import { METRICS } from '../../shared/core/metrics.ts';
import heapster from '../../shared/dialects/heapster.ts';
import { readDimensionRules } from '../../shared/sinks/cloudwatch/dimension-rules.ts';
import { packLines } from '../../shared/sinks/cloudwatch/emf-request.ts';
import { encodeEmf } from '../../shared/sinks/cloudwatch/encode-emf.ts';
import { acceptEmfLine } from '../sim/emf-lines.ts';
import { randomBatch } from '../support/random-batch.ts';

const RULES = fc.record({
  node: fc.subarray(['HostName', 'NodeName', 'label:App']),
  pod: fc.subarray(['Namespace', 'HostName', 'PodName', 'label:interface', 'Type']),
});

describe('encodeEmf, whatever the batch and the rules', () => {
  it('makes lines that pass every rule, with every value in one of them or rejected', () => {
    fc.assert(
      fc.property(randomBatch, RULES, fc.integer({ min: 1, max: 20 }), (batch, names, maxPoints) => {
        const { rules } = readDimensionRules(
          Object.entries(names).map(([level, keys]) => `${level}:${keys.join(',')}`),
        );
        let rejected = 0;
        const lines = encodeEmf(
          batch,
          {
            dialect: heapster,
            namespace: 'Heapless',
            clusterName: undefined,
            dimensions: rules,
            storageResolution: 1,
            totals: 'value',
            delivery: 'at-least-once',
            maxValues: Number.POSITIVE_INFINITY,
            counters: new Set(METRICS.map(({ name }) => name)),
          },
          ({ points }) => {
            rejected += points;
          },
        );

        const requests = [...packLines(lines, batch.timestamp, { maxPoints, maxBytes: 100_000 })];
        const metrics = requests.flatMap((request) => request.lines.map(({ text }) => acceptEmfLine(text)));

        const points = (of: readonly { readonly points: number }[]): number =>
          of.reduce((sum, one) => sum + one.points, 0);
        expect(points(requests) + rejected).toBe(countBatchPoints(batch));
        expect(metrics.flat().reduce((sum, { values }) => sum + values.length, 0)).toBe(points(requests));
        for (const request of requests) {
          expect(request.points).toBe(points(request.lines));
          expect(request.bytes).toBe(request.lines.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0));
          if (request.lines.length > 1) expect(request.points).toBeLessThanOrEqual(maxPoints);
        }
      }),
      { numRuns: 300 },
    );
  });
});
