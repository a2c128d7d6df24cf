import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { labelIndex } from '../../../shared/core/labels.ts';
import type { Level } from '../../../shared/core/level.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import { MINUTE } from '../../../shared/core/units.ts';
import { calculateRates, type RateResult } from '../../../shared/processors/rate-calculator.ts';
import { decodeSummary } from '../../../shared/sources/summary-api/decode-summary.ts';
import { decodeCounters, encodeCounters, type NodeCounters } from '../../../shared/state/counters.ts';

interface Capture {
  readonly result: RateResult;
  /** The rate of a row by the name of its pod and container ('' = none). */
  readonly rate: (level: Level, pod: string, container: string, key: string) => number;
}

function collect(file: string, previous: NodeCounters | undefined): Capture {
  const body = readFileSync(join(import.meta.dirname, '../../data/summary', `${file}.json`));
  const document = JSON.parse(body.toString()) as { node: { nodeName: string; cpu: { time: string } } };
  const now = Date.parse(document.node.cpu.time) + 2_000;
  const builder = new MetricBatchBuilder({ timestamp: now, resolution: MINUTE, cluster: undefined });
  const name = document.node.nodeName;
  const decoded = decodeSummary(body, { name, hostname: name, hostId: '' }, builder, { now });
  if (decoded.status !== 'ok') throw new Error(decoded.message);
  const result = calculateRates(builder, decoded.rows, previous, now);
  const rate: Capture['rate'] = (level, pod, container, key) => {
    const table = builder.table(level);
    const text = (label: 'pod_name' | 'container_name', row: number): string =>
      builder.strings.get(table.getLabel(labelIndex(label), row)) ?? '';
    for (let row = 0; row < table.rows; row++) {
      if (text('pod_name', row) === pod && text('container_name', row) === container)
        return table.get(metricId(key), row);
    }
    throw new Error(`no row ${level} ${pod}/${container}`);
  };
  return { result, rate };
}

/** What was saved between two ticks, through the stored form. */
function stored(counters: NodeCounters): NodeCounters {
  const decoded = decodeCounters(Buffer.from(encodeCounters([counters])));
  if (decoded.status !== 'ok') throw new Error(decoded.reason);
  return decoded.nodes[0]!;
}

describe('rates of a pair of captures', () => {
  it('are those of the counters on AKS: 238 millicores for the node, where the kubelet said 253 and 189', () => {
    const first = collect('aks-linux-2023-t0', undefined);
    const then = collect('aks-linux-2023-t1', stored(first.result.counters));

    expect(first.rate('node', '', '', 'cpu/usage_rate')).toBeCloseTo(253.215162, 6);
    expect(then.rate('node', '', '', 'cpu/usage_rate')).toBeCloseTo(16_644_000_000 / 70 / 1e6, 9);
    expect(Math.round(then.rate('node', '', '', 'cpu/usage_rate'))).toBe(238);
    expect(then.rate('node', '', '', 'network/rx_rate')).toBeCloseTo((1_811_844_175 - 1_810_910_703) / 70, 6);
  });

  it('use the own clock of each system container on AKS, whose order changes', () => {
    const first = collect('aks-linux-2023-t0', undefined);
    const then = collect('aks-linux-2023-t1', stored(first.result.counters));

    expect(then.rate('sys_container', '', 'kubelet', 'cpu/usage_rate')).toBeCloseTo(1_602_343_000 / 65 / 1e6, 9);
    expect(then.rate('sys_container', '', 'docker-daemon', 'cpu/usage_rate')).toBeCloseTo(2_259_066_000 / 67 / 1e6, 9);
    expect(then.rate('sys_container', '', 'pods', 'cpu/usage_rate')).toBeCloseTo(3_057_969_000 / 70 / 1e6, 9);
  });

  it('exist for every row on AKS: nothing restarted, nothing repeated, no estimate is left', () => {
    const first = collect('aks-linux-2023-t0', undefined);
    const then = collect('aks-linux-2023-t1', stored(first.result.counters));

    expect(first.result).toMatchObject({ computed: 0, fallback: 32, reset: 0, stale: 0 });
    expect(then.result).toMatchObject({ fallback: 0, reset: 0, stale: 0, implausible: 0 });
    expect(then.result.counters.pods.toSorted()).toEqual(first.result.counters.pods.toSorted());
  });

  it('are those of the counters on Windows, also where a start time is the time of the sample', () => {
    const first = collect('eks-windows-2023-t0', undefined);
    const then = collect('eks-windows-2023-t1', stored(first.result.counters));

    expect(then.rate('node', '', '', 'cpu/usage_rate')).toBeCloseTo(3_100_000_000 / 60 / 1e6, 9);
    expect(then.rate('sys_container', '', 'pods', 'cpu/usage_rate')).toBeCloseTo(250_000_000 / 60 / 1e6, 9);
    const [pod, container] = ['windows-server-iis-ltsc2019-58d94b5844-6v2pg', 'windows-server-iis-ltsc2019'];
    expect(then.rate('pod', pod, '', 'cpu/usage_rate')).toBeCloseTo(187_500_000 / 60 / 1e6, 9);
    expect(then.rate('pod_container', pod, container, 'cpu/usage_rate')).toBeCloseTo(187_500_000 / 60 / 1e6, 9);
    expect(then.result).toMatchObject({ fallback: 0, reset: 0, stale: 0 });
  });
});
