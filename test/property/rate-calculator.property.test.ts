import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TOTAL_LEVELS } from '../../shared/core/level.ts';
import { METRICS, metricId } from '../../shared/core/metrics.ts';
import { MINUTE, SECOND } from '../../shared/core/units.ts';
import { calculateRates } from '../../shared/processors/rate-calculator.ts';
import type { NodeCounters } from '../../shared/state/counters.ts';
import { buildRateNode, type RateNode, type RatePod, type RateSample } from '../support/rate-node.ts';

const T0 = Date.UTC(2026, 0, 1);
const RATES = METRICS.filter((metric) => metric.rate !== undefined);
const LEVELS = ['node', 'sys_container', 'pod', 'pod_container'] as const;

const counterValues = fc.dictionary(
  fc.constantFrom(...RATES.map((metric) => metric.rate?.of ?? '')),
  fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constant(0)),
  { maxKeys: RATES.length },
);

/** A sample about a minute after `T0 + tick minutes`, give or take. */
function sampleAt(tick: number): fc.Arbitrary<RateSample> {
  return fc.record(
    {
      start: fc.integer({ min: T0 - 3 * MINUTE, max: T0 + 3 * MINUTE }),
      at: fc.integer({ min: T0 + tick * MINUTE - 30 * SECOND, max: T0 + tick * MINUTE }),
      counters: counterValues,
      estimate: fc.nat(10_000),
    },
    { requiredKeys: [] },
  );
}

function podAt(tick: number): fc.Arbitrary<RatePod> {
  return fc
    .tuple(
      sampleAt(tick),
      fc.constantFrom('u1', 'u2', 'u3'),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), sampleAt(tick)),
    )
    .map(([sample, uid, containers]) => ({ ...sample, uid, containers }));
}

function nodeAt(tick: number): fc.Arbitrary<RateNode> {
  const pods = fc.uniqueArray(podAt(tick), { selector: (pod) => pod.uid, maxLength: 3 });
  const sys = fc.dictionary(fc.constantFrom('kubelet', 'pods'), sampleAt(tick));
  return fc.tuple(sampleAt(tick), pods, sys).map(([sample, own, system]) => ({ ...sample, pods: own, sys: system }));
}

function run(node: RateNode, previous: NodeCounters | undefined, tick: number) {
  const { builder, rows } = buildRateNode(node);
  return { builder, rows, result: calculateRates(builder, rows, previous, T0 + tick * MINUTE) };
}

function ticks(nodes: readonly RateNode[]) {
  let previous: NodeCounters | undefined;
  return nodes.map((node, tick) => {
    const done = run(node, previous, tick);
    previous = done.result.counters;
    return done;
  });
}

/** Every rate by what it belongs to, so that the order of rows does not show. */
function byEntity(node: RateNode, builder: ReturnType<typeof run>['builder']): Record<string, number> {
  const out: Record<string, number> = {};
  const put = (level: (typeof LEVELS)[number], row: number, name: string): void => {
    for (const metric of RATES) out[`${name} ${metric.key}`] = builder.table(level).get(metric.id, row);
  };
  let container = 0;
  for (const [row, pod] of (node.pods ?? []).entries()) {
    put('pod', row, pod.uid ?? '');
    for (const name of Object.keys(pod.containers ?? {})) put('pod_container', container++, `${pod.uid}/${name}`);
  }
  return out;
}

describe('rates, whatever a kubelet reports', () => {
  it('are never negative, never infinite and only on leaf levels', () => {
    fc.assert(
      fc.property(fc.tuple(nodeAt(0), nodeAt(1), nodeAt(2)), (nodes) => {
        for (const { builder } of ticks(nodes)) {
          for (const level of LEVELS) {
            const table = builder.table(level);
            for (const metric of RATES) {
              for (let row = 0; row < table.rows; row++) {
                const rate = table.get(metric.id, row);
                expect(Number.isNaN(rate) || (rate >= 0 && rate < 1e13)).toBe(true);
              }
            }
          }
          for (const level of TOTAL_LEVELS) expect(builder.tableIfAny(level)).toBeUndefined();
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are as many as were counted', () => {
    fc.assert(
      fc.property(fc.tuple(nodeAt(0), nodeAt(1), nodeAt(2)), (nodes) => {
        for (const { builder, result } of ticks(nodes)) {
          let values = 0;
          for (const level of LEVELS) {
            for (const metric of RATES) {
              const table = builder.table(level);
              for (let row = 0; row < table.rows; row++) if (!Number.isNaN(table.get(metric.id, row))) values++;
            }
          }
          expect(result.computed + result.fallback).toBe(values);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('do not depend on the order of pods and containers', () => {
    fc.assert(
      fc.property(nodeAt(0), nodeAt(1), (first, then) => {
        const reversed = (node: RateNode): RateNode => ({
          ...node,
          pods: (node.pods ?? []).toReversed().map((pod) => ({
            ...pod,
            containers: Object.fromEntries(Object.entries(pod.containers ?? {}).toReversed()),
          })),
        });
        const plain = run(then, run(first, undefined, 0).result.counters, 1);
        const turned = run(reversed(then), run(reversed(first), undefined, 0).result.counters, 1);

        expect(byEntity(reversed(then), turned.builder)).toEqual(byEntity(then, plain.builder));
      }),
      { numRuns: 200 },
    );
  });

  it('of two spans average to the rate of both', () => {
    const span = fc.tuple(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 0, max: 1e9 }));
    fc.assert(
      fc.property(fc.nat(1e9), span, span, (base, [seconds, more], [secondsThen, moreThen]) => {
        const rx = (at: number, value: number): RateNode => ({ at, counters: { 'network/rx': value } });
        const rate = (done: ReturnType<typeof run>): number =>
          done.builder.table('node').get(metricId('network/rx_rate'), 0);
        const middle = T0 + seconds * SECOND;
        const end = middle + secondsThen * SECOND;
        const first = run(rx(T0, base), undefined, 0).result.counters;
        const half = run(rx(middle, base + more), first, 1);
        const other = run(rx(end, base + more + moreThen), half.result.counters, 2);
        const whole = run(rx(end, base + more + moreThen), first, 2);

        const averaged = (rate(half) * seconds + rate(other) * secondsThen) / (seconds + secondsThen);
        expect(averaged).toBeCloseTo(rate(whole), 3);
      }),
    );
  });

  it('do not change when the same document is collected again, and then say so', () => {
    fc.assert(
      fc.property(nodeAt(0), nodeAt(1), (first, then) => {
        const once = run(then, run(first, undefined, 0).result.counters, 1);
        const again = run(then, once.result.counters, 1);

        expect(again.result.computed).toBe(0);
        expect(again.result.reset).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
