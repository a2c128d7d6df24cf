import { describe, expect, it } from 'vitest';
import { ROW_FLAGS } from '../../../shared/core/batch.ts';
import type { Level } from '../../../shared/core/level.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import { HOUR, MINUTE, SECOND } from '../../../shared/core/units.ts';
import { calculateRates, longestGap, type RateResult } from '../../../shared/processors/rate-calculator.ts';
import type { NodeCounters } from '../../../shared/state/counters.ts';
import { buildRateNode, CORE_SECOND, type RateNode, type RateSample } from '../../support/rate-node.ts';

const T0 = Date.UTC(2026, 0, 1, 12, 0, 0);
const T1 = T0 + MINUTE;
const T2 = T1 + MINUTE;

interface Ticked extends RateResult {
  readonly rate: (level: Level, row: number, key: string) => number;
  readonly flagged: (level: Level, row: number) => boolean;
}

function tick(node: RateNode, previous: NodeCounters | undefined, at: number, capacity?: number): Ticked {
  const { builder, rows } = buildRateNode(node, { timestamp: at });
  if (capacity !== undefined) builder.table('node').set(metricId('cpu/node_capacity'), rows.node, capacity);
  const result = calculateRates(builder, rows, previous, at);
  return {
    ...result,
    rate: (level, row, key) => builder.table(level).get(metricId(key), row),
    flagged: (level, row) => builder.table(level).hasFlag(row, ROW_FLAGS.cpuRateFallback),
  };
}

function cpu(at: number, total: number, more: RateSample = {}): RateSample {
  return { at, counters: { 'cpu/usage': total }, ...more };
}

function podWith(container: RateSample): RateNode {
  return { pods: [{ uid: 'u1', containers: { web: container } }] };
}

function second(first: RateSample, then: RateSample, capacity?: number): Ticked {
  return tick(podWith(then), tick(podWith(first), undefined, T0).counters, T1, capacity);
}

describe('calculateRates', () => {
  it('gives no rate to a first sample', () => {
    const first = tick(podWith(cpu(T0, CORE_SECOND)), undefined, T0);

    expect(first.rate('pod_container', 0, 'cpu/usage_rate')).toBeNaN();
    expect(first).toMatchObject({ computed: 0, fallback: 0, reset: 0, stale: 0, implausible: 0 });
  });

  it('gives millicores from CPU time: 0.9 cores over 10 s are 900', () => {
    const then = second(cpu(T0, 100 * CORE_SECOND), cpu(T0 + 10 * SECOND, 109 * CORE_SECOND));

    expect(then.rate('pod_container', 0, 'cpu/usage_rate')).toBe(900);
    expect(then.computed).toBe(1);
  });

  it('gives bytes, errors and faults per second, and stalled microseconds as a fraction of time', () => {
    const keys = ['network/rx', 'network/tx_errors', 'memory/major_page_faults', 'io/pressure_total[full]'];
    const counters = (value: number): Record<string, number> => Object.fromEntries(keys.map((key) => [key, value]));
    const first = tick({ at: T0, counters: counters(1_000) }, undefined, T0);
    const then = tick({ at: T1, counters: counters(1_000 + 600_000) }, first.counters, T1);

    expect(then.rate('node', 0, 'network/rx_rate')).toBe(10_000);
    expect(then.rate('node', 0, 'network/tx_errors_rate')).toBe(10_000);
    expect(then.rate('node', 0, 'memory/major_page_faults_rate')).toBe(10_000);
    expect(then.rate('node', 0, 'io/pressure_rate[full]')).toBeCloseTo(0.01, 12);
  });

  it('takes each counter on its own sample clock', () => {
    const first = { clocks: { cpu: T0, network: T0 - 5_000 }, counters: { 'cpu/usage': 0, 'network/rx': 0 } };
    const later = {
      clocks: { cpu: T0 + 50 * SECOND, network: T0 + 15 * SECOND },
      counters: { 'cpu/usage': 5 * CORE_SECOND, 'network/rx': 20_000 },
    };

    const then = tick(later, tick(first, undefined, T0).counters, T1);

    expect(then.rate('node', 0, 'cpu/usage_rate')).toBe(100);
    expect(then.rate('node', 0, 'network/rx_rate')).toBe(1_000);
  });

  it('rates node, system containers, pods and containers alike, wherever the row lies', () => {
    const node = (at: number, total: number): RateNode => ({
      ...cpu(at, total),
      sys: { kubelet: cpu(at, total), pods: cpu(at, 2 * total) },
      pods: [
        { uid: 'a', ...cpu(at, total), containers: { x: cpu(at, total), y: cpu(at, 3 * total) } },
        { uid: 'b', ...cpu(at, total) },
      ],
    });
    const first = buildRateNode(node(T0, 0));
    const counters = calculateRates(first.builder, first.rows, undefined, T0).counters;
    const other = buildRateNode({ ...node(T1, CORE_SECOND), name: 'other' });

    const { builder, rows } = buildRateNode(node(T1, 60 * CORE_SECOND), { into: other.builder });
    const { computed } = calculateRates(builder, rows, counters, T1);

    const at = (level: Level, row: number): number => builder.table(level).get(metricId('cpu/usage_rate'), row);
    expect(computed).toBe(7);
    expect([at('node', 1), at('sys_container', 2), at('sys_container', 3), at('pod', 2), at('pod', 3)]).toEqual([
      1_000, 1_000, 2_000, 1_000, 1_000,
    ]);
    expect([at('pod_container', 2), at('pod_container', 3), at('pod_container', 0)]).toEqual([
      1_000,
      3_000,
      Number.NaN,
    ]);
  });

  it('matches pods by uid and containers by name under their pod', () => {
    const pod = (uid: string, a: number, b: number, at: number) => ({
      uid,
      name: 'same',
      containers: { a: cpu(at, a), b: cpu(at, b) },
    });
    const first = tick({ pods: [pod('u1', 0, 0, T0), pod('u2', 60e9, 120e9, T0)] }, undefined, T0);
    const reversed = { uid: 'u1', containers: { b: cpu(T1, 240e9), a: cpu(T1, 180e9) } };

    const then = tick({ pods: [pod('u2', 120e9, 240e9, T1), reversed] }, first.counters, T1);

    expect([0, 1, 2, 3].map((row) => then.rate('pod_container', row, 'cpu/usage_rate'))).toEqual([
      1_000, 2_000, 4_000, 3_000,
    ]);
  });

  it('does not take a pod of the same name for its predecessor', () => {
    const first = tick({ pods: [{ uid: 'old', name: 'web-0', ...cpu(T0, 0) }] }, undefined, T0);

    const then = tick({ pods: [{ uid: 'new', name: 'web-0', ...cpu(T1, CORE_SECOND) }] }, first.counters, T1);

    expect(then.rate('pod', 0, 'cpu/usage_rate')).toBeNaN();
    expect(then.reset).toBe(0);
  });

  it('knows a pod without uid by its namespace and name', () => {
    const first = tick({ pods: [{ name: 'web-0', ...cpu(T0, 0) }] }, undefined, T0);

    const then = tick({ pods: [{ name: 'web-0', ...cpu(T1, 60 * CORE_SECOND) }] }, first.counters, T1);

    expect(then.rate('pod', 0, 'cpu/usage_rate')).toBe(1_000);
  });

  it('finds its way in a pod with hundreds of containers', () => {
    const containers = (at: number, names: readonly number[]) =>
      Object.fromEntries(names.map((n) => [`c${n}`, cpu(at, at === T0 ? 0 : n * 60e9)]));
    const names = Array.from({ length: 300 }, (_, n) => n + 1);
    const first = tick({ pods: [{ uid: 'u', containers: containers(T0, names) }] }, undefined, T0);

    const then = tick({ pods: [{ uid: 'u', containers: containers(T1, names.toReversed()) }] }, first.counters, T1);

    expect(names.map((n) => then.rate('pod_container', 300 - n, 'cpu/usage_rate'))).toEqual(
      names.map((n) => n * 1_000),
    );
  });

  it('leaves a counter absent that is missing, and never makes it 0', () => {
    const then = second(cpu(T0, 0), { at: T1, counters: { 'memory/page_faults': 5 } });

    expect(then.rate('pod_container', 0, 'cpu/usage_rate')).toBeNaN();
    expect(then.rate('pod_container', 0, 'memory/page_faults_rate')).toBeNaN();
  });

  it('rates a counter over the whole gap after it was missing once', () => {
    const both = (at: number, total: number, faults: number): RateSample => ({
      at,
      counters: { 'memory/page_faults': faults, 'memory/major_page_faults': total },
    });
    const first = tick(podWith(both(T0, 0, 0)), undefined, T0);
    const gap = tick(podWith({ at: T1, counters: { 'memory/page_faults': 60 } }), first.counters, T1);

    const then = tick(podWith(both(T2, 240, 180)), gap.counters, T2);

    expect(then.rate('pod_container', 0, 'memory/major_page_faults_rate')).toBe(2);
    expect(then.rate('pod_container', 0, 'memory/page_faults_rate')).toBe(2);
  });

  it('does not date a counter whose sample time is missing by an earlier one', () => {
    const first = tick(podWith({ at: T0, counters: { 'memory/page_faults': 0 } }), undefined, T0);
    const undated = tick(podWith({ counters: { 'memory/major_page_faults': 100 } }), first.counters, T1);

    const then = tick(podWith({ at: T2, counters: { 'memory/major_page_faults': 160 } }), undated.counters, T2);

    expect(then.rate('pod_container', 0, 'memory/major_page_faults_rate')).toBeNaN();
  });

  it('drops what is no longer on the node that answered', () => {
    const first = tick(
      {
        pods: [
          { uid: 'a', ...cpu(T0, 0) },
          { uid: 'b', ...cpu(T0, 0) },
        ],
      },
      undefined,
      T0,
    );

    const then = tick({ pods: [{ uid: 'b', ...cpu(T1, 0) }] }, first.counters, T1);

    expect(then.counters.pods).toEqual(['b']);
  });

  it('keeps the later stamp when an earlier tick comes late', () => {
    const later = tick(podWith(cpu(T1, 60e9)), undefined, T1);

    const late = tick(podWith(cpu(T0, 0)), later.counters, T0);
    const then = tick(podWith(cpu(T2, 120e9)), late.counters, T2);

    expect(late.counters.stamp).toBe(T1);
    expect(late).toMatchObject({ computed: 0, stale: 1, reset: 0 });
    expect(then.rate('pod_container', 0, 'cpu/usage_rate')).toBe(1_000);
  });

  it('refuses the counters of another node', () => {
    const other = tick({ ...cpu(T0, 0), name: 'n2' }, undefined, T0).counters;

    expect(() => tick(cpu(T1, 0), other, T1)).toThrow(/node n1.*n2/);
  });
});

describe('a repeated sample', () => {
  it('gives no rate, and the next one is over the whole time', () => {
    const first = tick(podWith(cpu(T0, 0)), undefined, T0);
    const repeated = tick(podWith(cpu(T0, 0, { estimate: 7 })), first.counters, T0 + 10 * SECOND);

    const then = tick(podWith(cpu(T0 + 15 * SECOND, 15 * CORE_SECOND)), repeated.counters, T0 + 20 * SECOND);

    expect(repeated.rate('pod_container', 0, 'cpu/usage_rate')).toBeNaN();
    expect(repeated).toMatchObject({ stale: 1, computed: 0, fallback: 0, reset: 0 });
    expect(then.rate('pod_container', 0, 'cpu/usage_rate')).toBe(1_000);
  });

  it('starts anew after a node clock was put back by more than two minutes', () => {
    const first = tick(podWith(cpu(T0 + HOUR, 0)), undefined, T0);
    const back = tick(podWith(cpu(T1, 10e9)), first.counters, T1);

    const then = tick(podWith(cpu(T2, 70e9)), back.counters, T2);

    expect(back.rate('pod_container', 0, 'cpu/usage_rate')).toBeNaN();
    expect(then.rate('pod_container', 0, 'cpu/usage_rate')).toBe(1_000);
  });
});

describe('a counter that began anew', () => {
  it('is rated since its start when that lies after the last sample', () => {
    const then = second(cpu(T0, 500e9, { start: T0 - HOUR }), cpu(T1, 20e9, { start: T0 + 20 * SECOND }));

    expect(then.rate('pod_container', 0, 'cpu/usage_rate')).toBe(500);
    expect(then).toMatchObject({ computed: 1, reset: 1 });
  });

  it('is rated since its start even if it is already larger than before', () => {
    const then = second(cpu(T0, 5e9, { start: T0 - 10 * SECOND }), cpu(T1, 20e9, { start: T0 + 20 * SECOND }));

    expect(then.rate('pod_container', 0, 'cpu/usage_rate')).toBe(500);
    expect(then.reset).toBe(1);
  });

  it('has no rate when its start is not known to lie after the last sample', () => {
    const unknown = second(cpu(T0, 500e9), cpu(T1, 20e9));
    const unmoved = second(cpu(T0, 500e9, { start: T0 - HOUR }), cpu(T1, 20e9, { start: T0 - HOUR }));

    expect(unknown.rate('pod_container', 0, 'cpu/usage_rate')).toBeNaN();
    expect(unmoved.rate('pod_container', 0, 'cpu/usage_rate')).toBeNaN();
    expect([unknown.reset, unmoved.reset]).toEqual([1, 1]);
  });

  it('has no rate while it is too young for whole-second times', () => {
    const then = second(cpu(T0, 500e9, { start: T0 - HOUR }), cpu(T1, 2e9, { start: T1 - 2 * SECOND, estimate: 900 }));

    expect(then.rate('pod_container', 0, 'cpu/usage_rate')).toBe(900);
    expect(then).toMatchObject({ computed: 0, reset: 1, fallback: 1 });
  });

  it('takes a wrap at 32 bits for a reset', () => {
    const rx = (at: number, value: number): RateSample => ({ at, counters: { 'network/rx': value } });

    const then = tick(rx(T1, 1_000), tick(rx(T0, 2 ** 32 - 1_000), undefined, T0).counters, T1);

    expect(then.rate('node', 0, 'network/rx_rate')).toBeNaN();
    expect(then.reset).toBe(1);
  });

  it('does not spoil the other counters of its row', () => {
    const row = (at: number, total: number, rx: number): RateSample => ({
      at,
      start: T0 - HOUR,
      counters: { 'cpu/usage': total, 'network/rx': rx },
    });

    const then = tick(
      { pods: [{ uid: 'u', ...row(T1, 60e9, 10) }] },
      tick({ pods: [{ uid: 'u', ...row(T0, 0, 5_000) }] }, undefined, T0).counters,
      T1,
    );

    expect(then.rate('pod', 0, 'cpu/usage_rate')).toBe(1_000);
    expect(then.rate('pod', 0, 'network/rx_rate')).toBeNaN();
    expect(then).toMatchObject({ computed: 1, reset: 1 });
  });

  it('is compared again with its first sample afterwards', () => {
    const restarted = second(cpu(T0, 500e9), cpu(T1, 20e9));

    const then = tick(podWith(cpu(T2, 80e9)), restarted.counters, T2);

    expect(then.rate('pod_container', 0, 'cpu/usage_rate')).toBe(1_000);
    expect(then.reset).toBe(0);
  });

  it('is not assumed for a start time that drifts by seconds, tick after tick', () => {
    let counters: NodeCounters | undefined;
    const rates: number[] = [];
    for (let n = 0; n < 20; n++) {
      const at = T0 + n * MINUTE;
      const ticked = tick(podWith(cpu(at, n * 30e9, { start: T0 - HOUR + n * 3 * SECOND })), counters, at);
      counters = ticked.counters;
      rates.push(ticked.rate('pod_container', 0, 'cpu/usage_rate'));
    }

    expect(rates.slice(1)).toEqual(new Array(19).fill(500));
  });

  it('is not assumed for a node or a system container whose start moves while its counters go on', () => {
    const node = (at: number, total: number): RateNode => ({
      ...cpu(at, total, { start: at - 30 * SECOND }),
      sys: { pods: cpu(at, total, { start: at }) },
    });

    const then = tick(node(T1, 1_000e9 + 60e9), tick(node(T0, 1_000e9), undefined, T0).counters, T1);

    expect(then.rate('node', 0, 'cpu/usage_rate')).toBe(1_000);
    expect(then.rate('sys_container', 0, 'cpu/usage_rate')).toBe(1_000);
    expect(then.reset).toBe(0);
  });

  it('is rated since the boot after a node rebooted', () => {
    const counters = (total: number, rx: number) => ({ 'cpu/usage': total, 'network/rx': rx });
    const first = tick({ at: T0, start: T0 - HOUR, counters: counters(900e9, 100) }, undefined, T0);

    const then = tick({ at: T1, start: T1 - 40 * SECOND, counters: counters(20e9, 400_000) }, first.counters, T1);

    expect(then.rate('node', 0, 'cpu/usage_rate')).toBe(500);
    expect(then.rate('node', 0, 'network/rx_rate')).toBe(10_000);
    expect(then.reset).toBe(1);
  });
});

describe('the provisional CPU rate', () => {
  it('stays, marked, on a first sample', () => {
    const first = tick(podWith(cpu(T0, 0, { estimate: 253 })), undefined, T0);

    expect(first.rate('pod_container', 0, 'cpu/usage_rate')).toBe(253);
    expect(first.flagged('pod_container', 0)).toBe(true);
    expect(first.fallback).toBe(1);
  });

  it('is replaced, and the mark removed, once there is a rate', () => {
    const then = second(cpu(T0, 0, { estimate: 253 }), cpu(T1, 60e9, { estimate: 189 }));

    expect(then.rate('pod_container', 0, 'cpu/usage_rate')).toBe(1_000);
    expect(then.flagged('pod_container', 0)).toBe(false);
    expect(then.fallback).toBe(0);
  });

  it('stays for a container that restarted at an unknown time: its sample is a first one', () => {
    const then = second(cpu(T0, 500e9), cpu(T1, 1e9, { estimate: 40 }));

    expect(then.rate('pod_container', 0, 'cpu/usage_rate')).toBe(40);
    expect(then).toMatchObject({ fallback: 1, reset: 1 });
  });

  it('is removed when there was a sample but the counter is missing now', () => {
    const then = second(cpu(T0, 0), { at: T1, estimate: 40 });

    expect(then.rate('pod_container', 0, 'cpu/usage_rate')).toBeNaN();
    expect(then.flagged('pod_container', 0)).toBe(false);
    expect(then.fallback).toBe(0);
  });

  it('stays when the last sample is too long ago to compare with', () => {
    const first = tick(podWith(cpu(T0, 0)), undefined, T0);
    const at = T0 + longestGap(MINUTE);
    const inside = tick(podWith(cpu(at, 600e9, { estimate: 40 })), first.counters, at);
    const outside = tick(podWith(cpu(at + SECOND, 600e9, { estimate: 40 })), first.counters, at);

    expect(inside.rate('pod_container', 0, 'cpu/usage_rate')).toBe(1_000);
    expect(outside.rate('pod_container', 0, 'cpu/usage_rate')).toBe(40);
    expect(outside.fallback).toBe(1);
  });
});

describe('an implausible rate', () => {
  it('is left out and counted', () => {
    const then = second(cpu(T0, 0), cpu(T1, 2 ** 63, { estimate: 40 }));

    expect(then.rate('pod_container', 0, 'cpu/usage_rate')).toBeNaN();
    expect(then).toMatchObject({ computed: 0, implausible: 1, fallback: 0 });
  });

  it('is one far above what the node has, when that is known', () => {
    const jump = cpu(T1, 60 * 10e9);

    expect(second(cpu(T0, 0), jump, 8_000).rate('pod_container', 0, 'cpu/usage_rate')).toBe(10_000);
    expect(second(cpu(T0, 0), jump, 2_000)).toMatchObject({ computed: 0, implausible: 1 });
  });

  it('of a share of time is one above 2; less is clock noise and counts as all the time', () => {
    const psi = (at: number, total: number): RateSample => ({ at, counters: { 'cpu/pressure_total[some]': total } });
    const noise = tick(psi(T1, 61e6), tick(psi(T0, 0), undefined, T0).counters, T1);
    const nonsense = tick(psi(T1, 600e6), tick(psi(T0, 0), undefined, T0).counters, T1);

    expect(noise.rate('node', 0, 'cpu/pressure_rate[some]')).toBe(1);
    expect(nonsense.rate('node', 0, 'cpu/pressure_rate[some]')).toBeNaN();
    expect(nonsense.implausible).toBe(1);
  });
});
