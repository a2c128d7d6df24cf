import { describe, expect, it } from 'vitest';
import { ROW_FLAGS } from '../../../shared/core/batch.ts';
import { aggregatePods } from '../../../shared/processors/pod-aggregator.ts';
import { addRows, type ContainerSample, denseOf, sparseOf, testBuilder, testNode, type Values } from './rows.ts';

const NODE = testNode('n1');

function onePod(containers: readonly ContainerSample[], values: Values = {}) {
  const builder = testBuilder();
  const rows = addRows(builder, NODE, { pods: [{ namespace: 'default', name: 'web', values, containers }] });
  return { builder, rows, pods: builder.table('pod'), containers: builder.table('pod_container') };
}

describe('aggregatePods', () => {
  it('never sums counters, what is left of limits, or file systems', () => {
    const values = { 'cpu/usage': 5, uptime: 5, 'memory/available': 5, 'filesystem/usage[/]': 5, 'memory/rss': 5 };
    const { builder, rows, pods } = onePod([
      { name: 'a', values },
      { name: 'b', values },
    ]);

    aggregatePods(builder, rows);

    expect(Object.keys(values).map((key) => denseOf(pods, 0, key))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      10,
    ]);
  });

  it('sums those containers that have a value', () => {
    const { builder, rows, pods } = onePod([{ name: 'a', values: { 'cpu/usage_rate': 7 } }, { name: 'b' }]);

    aggregatePods(builder, rows);

    expect(denseOf(pods, 0, 'cpu/usage_rate')).toBe(7);
    expect(denseOf(pods, 0, 'memory/usage')).toBeUndefined();
  });

  it('marks a pod whose summed rate holds an estimate', () => {
    const { builder, rows, pods, containers } = onePod([{ name: 'a', values: { 'cpu/usage_rate': 7 } }]);
    containers.addFlag(0, ROW_FLAGS.cpuRateFallback);

    aggregatePods(builder, rows);

    expect(pods.hasFlag(0, ROW_FLAGS.cpuRateFallback)).toBe(true);
  });

  it('divides use of the containers that have a request by their requests', () => {
    const { builder, rows, pods, containers } = onePod(
      [
        { name: 'a', values: { 'cpu/usage_rate': 50, 'cpu/request': 100, 'cpu/limit': 0 } },
        { name: 'greedy', values: { 'cpu/usage_rate': 900, 'cpu/request': 0, 'cpu/limit': 1_000 } },
        { name: 'waiting', values: { 'cpu/request': 500, 'cpu/limit': 500 } },
      ],
      { 'cpu/usage_rate': 960 },
    );

    aggregatePods(builder, rows);

    expect(denseOf(containers, 0, 'cpu/request_utilization')).toBe(0.5);
    expect(denseOf(containers, 0, 'cpu/limit_utilization')).toBeUndefined();
    expect(denseOf(containers, 1, 'cpu/request_utilization')).toBeUndefined();
    expect(denseOf(containers, 2, 'cpu/request_utilization')).toBeUndefined();
    expect(denseOf(pods, 0, 'cpu/request_utilization')).toBe(0.5);
    expect(denseOf(pods, 0, 'cpu/limit_utilization')).toBe(0.9);
  });

  it('compares the working set, not the usage, with requests of memory', () => {
    const values = { 'memory/usage': 900, 'memory/working_set': 300, 'memory/request': 600 };
    const { builder, rows, pods } = onePod([{ name: 'a', values }]);

    aggregatePods(builder, rows);

    expect(denseOf(pods, 0, 'memory/request_utilization')).toBe(0.5);
  });

  it('sums labelled-by-name metrics of its own node only, in whatever order nodes come', () => {
    const builder = testBuilder();
    const pod = (name: string, qps: number) => ({
      namespace: 'default',
      name,
      containers: [
        { name: 'a', custom: { 'custom/qps': qps } },
        { name: 'b', custom: { 'custom/qps': 0.5, 'custom/depth': 1 } },
      ],
    });
    const first = addRows(builder, NODE, { pods: [pod('p1', 1), pod('p2', 2)] });
    const second = addRows(builder, testNode('n2'), { pods: [pod('p3', 4)] });

    aggregatePods(builder, second);
    aggregatePods(builder, first);

    const pods = builder.table('pod');
    expect([0, 1, 2].map((row) => sparseOf(builder, pods, row, 'custom/qps'))).toEqual([1.5, 2.5, 4.5]);
    expect(pods.sparse().length).toBe(6);
  });
});
