import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import type { MetricBatch } from '../../../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../../../shared/core/batch-builder.ts';
import type { Level } from '../../../../shared/core/level.ts';
import { METRICS, metricId } from '../../../../shared/core/metrics.ts';
import heapster from '../../../../shared/dialects/heapster.ts';
import { readDimensionRules } from '../../../../shared/sinks/cloudwatch/dimension-rules.ts';
import { encodeMetricData } from '../../../../shared/sinks/cloudwatch/encode.ts';
import { MAX_UNIQUE_VALUES } from '../../../../shared/sinks/cloudwatch/limits.ts';
import { unitOf } from '../../../../shared/sinks/cloudwatch/mapping.ts';
import { DEFAULT_SERIES_EXAMPLE, DEFAULTS, OPTIONS } from '../../../../shared/sinks/cloudwatch/options.ts';
import type { MetricDataRequest } from '../../../../shared/sinks/cloudwatch/request.ts';
import type { CloudWatchSettings } from '../../../../shared/sinks/cloudwatch/settings.ts';
import { selects } from '../../../../shared/sinks/selection.ts';
import type { EncodeRejection } from '../../../../shared/sinks/sink.ts';

const NOW = Date.UTC(2026, 10, 24, 0, 1);
const CPU = metricId('cpu/usage_rate');

interface Encoded {
  readonly requests: readonly MetricDataRequest[];
  readonly datums: readonly MetricDatum[];
  readonly rejected: readonly EncodeRejection[];
}

function encode(
  batch: MetricBatch,
  settings: Partial<CloudWatchSettings> & { rules?: readonly string[] } = {},
): Encoded {
  const rejected: EncodeRejection[] = [];
  const { rules, problems } = readDimensionRules(settings.rules ?? []);
  expect(problems).toEqual([]);
  const all: CloudWatchSettings = {
    dialect: heapster,
    namespace: 'Heapless',
    clusterName: undefined,
    dimensions: rules,
    storageResolution: 60,
    totals: 'statistics',
    delivery: 'at-least-once',
    maxValues: MAX_UNIQUE_VALUES,
    counters: new Set(),
    ...settings,
  };
  const requests = [...encodeMetricData(batch, all, (rejection) => rejected.push(rejection))];
  return { requests, datums: requests.flatMap(({ datums }) => datums), rejected };
}

function createBuilder(extraLabelKeys: readonly string[] = []): MetricBatchBuilder {
  return new MetricBatchBuilder({ timestamp: NOW, resolution: 60_000, cluster: 'prod', extraLabelKeys });
}

function addRow(builder: MetricBatchBuilder, level: Level, labels: Readonly<Record<string, string>>): number {
  const row = builder.table(level).addRow();
  for (const [key, value] of Object.entries(labels)) {
    builder.table(level).setLabel(builder.labelColumn(key), row, builder.strings.intern(value));
  }
  return row;
}

function dimensionsOf(datum: MetricDatum | undefined): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries((datum?.Dimensions ?? []).map(({ Name, Value }) => [Name ?? '', Value]));
}

/** Pods of a namespace with these CPU uses. */
function podBatch(uses: readonly number[]): MetricBatch {
  const builder = createBuilder();
  for (const [index, use] of uses.entries()) {
    const row = addRow(builder, 'pod', { namespace_name: 'shop', pod_name: `web-${index}` });
    builder.table('pod').set(CPU, row, use);
  }
  return builder.build();
}

describe('encodeMetricData', () => {
  it('makes a datum of a value, with the dimensions of its level and the batch’s stamp', () => {
    const { datums, requests } = encode(podBatch([12.5]));

    expect(datums).toEqual([
      {
        MetricName: 'cpu/usage_rate',
        Dimensions: [
          { Name: 'ClusterName', Value: 'prod' },
          { Name: 'Namespace', Value: 'shop' },
          { Name: 'PodName', Value: 'web-0' },
        ],
        Timestamp: new Date(NOW),
        Unit: 'None',
        StorageResolution: 60,
        Value: 12.5,
      },
    ]);
    expect(requests[0]).toMatchObject({ namespace: 'Heapless', points: 1, idempotent: true, timestamp: NOW });
  });

  it('takes the name of the cluster from the option, else the batch, else says there is none', () => {
    const unnamed = { ...podBatch([1]), cluster: undefined };

    expect(dimensionsOf(encode(podBatch([1]), { clusterName: 'eu' }).datums[0])['ClusterName']).toBe('eu');
    expect(dimensionsOf(encode(unnamed).datums[0])['ClusterName']).toBe('(none)');
  });

  it('makes a statistic set of a total, which is not to be repeated', () => {
    const builder = createBuilder();
    const table = builder.table('namespace');
    const row = addRow(builder, 'namespace', { namespace_name: 'shop' });
    table.set(CPU, row, 900);
    const statistics = table.statistics(CPU);
    [statistics.count[row], statistics.min[row], statistics.max[row]] = [3, 100, 550];

    const { datums, requests } = encode(builder.build());
    const plain = encode(builder.build(), { totals: 'value' });

    expect(datums[0]?.StatisticValues).toEqual({ SampleCount: 3, Sum: 900, Minimum: 100, Maximum: 550 });
    expect(datums[0]).not.toHaveProperty('Value');
    expect(requests[0]?.idempotent).toBe(false);
    expect(plain.datums[0]?.Value).toBe(900);
    expect(plain.requests[0]?.idempotent).toBe(true);
  });

  it('keeps datums that may be repeated out of requests that may not', () => {
    const builder = createBuilder();
    const table = builder.table('cluster');
    const row = table.addRow();
    table.set(CPU, row, 9);
    const statistics = table.statistics(CPU);
    [statistics.count[row], statistics.min[row], statistics.max[row]] = [2, 4, 5];
    table.set(metricId('node/count'), row, 3);

    const { requests } = encode(builder.build());

    expect(requests.map(({ idempotent, datums }) => [idempotent, datums.map(({ MetricName }) => MetricName)])).toEqual([
      [false, ['cpu/usage_rate']],
      [true, ['node/count']],
    ]);
    expect(encode(builder.build(), { delivery: 'at-most-once' }).requests.some(({ idempotent }) => idempotent)).toBe(
      false,
    );
  });

  it('merges rows that a rule does not tell apart into one datum, with each value counted', () => {
    const { datums, requests } = encode(podBatch([5, 7, 5]), { rules: ['pod:ClusterName,Namespace'] });

    expect(datums).toHaveLength(1);
    expect(datums[0]).toMatchObject({ Values: [5, 7], Counts: [2, 1] });
    expect(requests[0]).toMatchObject({ points: 3, idempotent: false });
  });

  it('keeps a merged series whole when only one of its rows has a value', () => {
    const { datums } = encode(podBatch([Number.NaN, 7, Number.NaN]), { rules: ['pod:Namespace'] });

    expect(datums).toHaveLength(1);
    expect(datums[0]?.Value).toBe(7);
  });

  it('goes on to a statistic set beyond 150 different values', () => {
    const uses = Array.from({ length: 151 }, (_, index) => index);

    expect(encode(podBatch(uses.slice(0, 150)), { rules: ['pod:Namespace'] }).datums[0]?.Values).toHaveLength(150);
    expect(encode(podBatch(uses), { rules: ['pod:Namespace'] }).datums).toMatchObject([
      { StatisticValues: { SampleCount: 151, Sum: 11_325, Minimum: 0, Maximum: 150 } },
    ]);
  });

  it('merges totals by adding their statistics', () => {
    const builder = createBuilder();
    const table = builder.table('namespace');
    for (const [name, sum, count, min, max] of [
      ['a', 10, 2, 3, 7],
      ['b', 5, 1, 5, 5],
    ] as const) {
      const row = addRow(builder, 'namespace', { namespace_name: name });
      table.set(CPU, row, sum);
      const statistics = table.statistics(CPU);
      [statistics.count[row], statistics.min[row], statistics.max[row]] = [count, min, max];
    }

    const { datums } = encode(builder.build(), { rules: ['namespace:ClusterName'] });

    expect(datums).toMatchObject([{ StatisticValues: { SampleCount: 3, Sum: 15, Minimum: 3, Maximum: 7 } }]);
  });

  it('has the keys of a grouping as dimensions, under a name each', () => {
    const builder = createBuilder(['namespace', 'app.kubernetes.io/name', 'Grouping']);
    const row = addRow(builder, 'group', {
      grouping: 'namespace,label:app.kubernetes.io/name',
      namespace: 'shop',
      'app.kubernetes.io/name': 'web',
      Grouping: 'x',
    });
    builder.table('group').set(metricId('pod/count'), row, 4);

    expect(dimensionsOf(encode(builder.build()).datums[0])).toEqual({
      ClusterName: 'prod',
      Grouping: 'namespace,label:app.kubernetes.io/name',
      Namespace: 'shop',
      'app.kubernetes.io/name': 'web',
      _Grouping: 'x',
    });
  });

  it('adds the labels of the value itself, fixed ones and sparse ones', () => {
    const builder = createBuilder();
    const row = addRow(builder, 'node', { nodename: 'n1' });
    builder.table('node').set(metricId('filesystem/usage[/]'), row, 1);
    builder.table('node').set(metricId('filesystem/usage[imagefs]'), row, 2);
    const container = addRow(builder, 'pod_container', { pod_name: 'p', container_name: 'c' });
    const gpu = builder.ownLabels('accelerator_id', 'GPU-1', 'make', 'nvidia', 'model', 'T4');
    builder.table('pod_container').addSparse(container, metricId('accelerator/duty_cycle'), gpu, 80);

    const { datums } = encode(builder.build());

    expect(datums.map(({ MetricName, Value }) => [MetricName, Value])).toEqual([
      ['filesystem/usage', 1],
      ['filesystem/usage', 2],
      ['accelerator/duty_cycle', 80],
    ]);
    expect(dimensionsOf(datums[0])).toMatchObject({ NodeName: 'n1', ResourceId: '/' });
    expect(dimensionsOf(datums[1])).toMatchObject({ ResourceId: 'imagefs' });
    expect(dimensionsOf(datums[2])).toMatchObject({ AcceleratorId: 'GPU-1', Make: 'nvidia', Model: 'T4' });
  });

  it('merges sparse values of rows that share their dimensions, by their own labels', () => {
    const builder = createBuilder();
    for (const [pod, value] of [
      ['a', 10],
      ['b', 30],
    ] as const) {
      const row = addRow(builder, 'pod_container', { namespace_name: 'ml', pod_name: pod });
      const own = builder.ownLabels('model', 'T4');
      builder.table('pod_container').addSparse(row, metricId('accelerator/duty_cycle'), own, value);
    }

    const { datums } = encode(builder.build(), { rules: ['pod_container:Namespace'] });

    expect(datums).toMatchObject([{ Values: [10, 30], Counts: [1, 1] }]);
  });

  it('does not export counters, and counts them, unless they are named', () => {
    const builder = createBuilder();
    const row = addRow(builder, 'node', { nodename: 'n1' });
    builder.table('node').set(metricId('cpu/usage'), row, 5e9);

    const { datums, rejected } = encode(builder.build());
    const named = encode(builder.build(), { counters: new Set(['cpu/usage']) });

    expect(datums).toEqual([]);
    expect(rejected).toEqual([
      {
        points: 1,
        reason: expect.stringMatching(/cpu\/usage is not exported: .*export cpu\/usage_rate, or/) as string,
      },
    ]);
    expect(named.datums).toMatchObject([{ Value: 5e6, Unit: 'Microseconds' }]);
  });

  it.each([
    ['cpu/usage_rate', 'None', 1],
    ['memory/usage', 'Bytes', 1],
    ['network/rx_rate', 'Bytes/Second', 1],
    ['network/rx_errors_rate', 'Count/Second', 1],
    ['memory/pressure_avg10[some]', 'Percent', 1],
    ['memory/pressure_total[some]', 'Microseconds', 1],
    ['uptime', 'Milliseconds', 1],
    ['cpu/usage', 'Microseconds', 1e-3],
    ['restart_count', 'Count', 1],
    ['cpu/node_utilization', 'None', 1],
  ])('has %s in %s', (key, unit, scale) => {
    const metric = METRICS[metricId(key)];

    expect(metric && unitOf(metric)).toEqual({ unit, scale });
  });

  it('rejects numbers beyond the range of CloudWatch, and sends the largest that fit', () => {
    const { datums, rejected } = encode(podBatch([2 ** 361, 2 ** 360, -(2 ** 360), 1e-200, Number.POSITIVE_INFINITY]));

    expect(datums.map(({ Value }) => Value)).toEqual([2 ** 360, -(2 ** 360), 0]);
    expect(rejected.reduce((sum, { points }) => sum + points, 0)).toBe(2);
  });

  it('tells absent labels from empty ones', () => {
    const builder = createBuilder(['team']);
    for (const labels of [{ pod_name: 'a' }, { pod_name: 'a', team: '' }, { pod_name: 'a', team: 'x' }]) {
      builder.table('pod').set(CPU, addRow(builder, 'pod', labels), 1);
    }

    const { datums } = encode(builder.build(), { rules: ['pod:PodName,label:team'] });

    expect(datums.map((datum) => dimensionsOf(datum)['team'])).toEqual(['(none)', '(empty)', 'x']);
  });

  it('has a stored label that the batch does not know as absent', () => {
    const { datums } = encode(podBatch([1, 2]), { rules: ['pod:PodName,label:nosuch'] });

    expect(datums.map((datum) => dimensionsOf(datum)['nosuch'])).toEqual(['(none)', '(none)']);
  });

  it('rejects a grouping with more keys than a datum has room for', () => {
    const keys = Array.from({ length: 29 }, (_, index) => `key-${index}`);
    const builder = createBuilder(keys);
    const row = addRow(builder, 'group', { grouping: 'g', ...Object.fromEntries(keys.map((key) => [key, 'v'])) });
    builder.table('group').set(CPU, row, 1);

    const { datums, rejected } = encode(builder.build());

    expect(datums).toEqual([]);
    expect(rejected).toEqual([{ points: 1, reason: 'cpu/usage_rate has more than 30 dimensions' }]);
  });

  it('divides requests by halves, down to a datum', () => {
    const [request] = encode(podBatch([1, 2, 3])).requests;
    const [left, right] = request?.split() ?? [];

    expect([left?.points, right?.points]).toEqual([1, 2]);
    expect(left?.split()).toBeUndefined();
    expect((left?.bytes ?? 0) + (right?.bytes ?? 0)).toBeGreaterThan(request?.bytes ?? 0);
  });
});

describe('the default selection', () => {
  it('makes as many series as the docs say', () => {
    const { nodes, namespaces, groups, series } = DEFAULT_SERIES_EXAMPLE;
    const rows: Readonly<Partial<Record<Level, number>>> = {
      cluster: 1,
      namespace: namespaces,
      group: groups,
      node: nodes,
    };
    const counted = METRICS.filter((metric) => selects(DEFAULTS, metric)).flatMap(({ levels }) =>
      levels.filter((level) => DEFAULTS.levels.includes(level)).map((level) => rows[level] ?? 0),
    );

    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(series);
    expect(OPTIONS.shape.metrics.about.description).toContain(`${series} custom metrics`);
  });
});
