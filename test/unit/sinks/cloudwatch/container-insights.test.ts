import { describe, expect, it } from 'vitest';
import { DEFAULT_BOUNDS } from '../../../../infra/alarms/alarm-rule.ts';
import { alarmRules } from '../../../../infra/alarms/alarm-rules.ts';
import { cloudWatchAlarms } from '../../../../infra/alarms/cloudwatch-alarms.ts';
import { cloudWatchTarget } from '../../../../infra/dashboards/cloudwatch-target.ts';
import { parseUri } from '../../../../shared/config/uri.ts';
import { MetricBatchBuilder } from '../../../../shared/core/batch-builder.ts';
import { type LabelKey, labelIndex } from '../../../../shared/core/labels.ts';
import type { Level } from '../../../../shared/core/level.ts';
import { metricId } from '../../../../shared/core/metrics.ts';
import { deliverTo } from '../../../real/real-batch.ts';
import type { AcceptedDatum } from '../../../sim/cloudwatch-rules.ts';
import { startCloudWatchServer } from '../../../sim/cloudwatch-server.ts';

const MIB = 1_048_576;

async function put(
  options: string,
): Promise<{ readonly namespaces: readonly string[]; readonly data: readonly AcceptedDatum[] }> {
  await using server = await startCloudWatchServer();
  process.env['AWS_ACCESS_KEY_ID'] ??= 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test';
  const builder = new MetricBatchBuilder({
    timestamp: Math.floor(Date.now() / 60_000) * 60_000,
    resolution: 60_000,
    cluster: 'prod',
  });
  const add = (
    level: Level,
    labels: Readonly<Partial<Record<LabelKey, string>>>,
    values: Readonly<Record<string, number>>,
  ): void => {
    const table = builder.table(level);
    const row = table.addRow();
    if (level !== 'node') table.setParent(row, 0);
    for (const [key, text] of Object.entries(labels)) {
      table.setLabel(labelIndex(key as LabelKey), row, builder.strings.intern(text));
    }
    for (const [key, value] of Object.entries(values)) table.set(metricId(key), row, value);
  };
  add(
    'node',
    { nodename: 'n1', host_id: 'i-0a1b' },
    {
      'cpu/usage_rate': 500,
      'cpu/node_capacity': 4_000,
      'cpu/node_utilization': 0.9,
      'memory/working_set': 256 * MIB,
      'memory/node_capacity': 1_024 * MIB,
      'filesystem/usage[/]': 30,
      'filesystem/limit[/]': 40,
    },
  );
  const web = { namespace_name: 'shop', workload_name: 'web', nodename: 'n1' };
  for (const [at, pod] of ['web-1', 'web-2'].entries()) {
    const use = { 'cpu/usage_rate': 100 * (at + 1), 'memory/limit_utilization': 0.5, 'cpu/limit': 0 };
    add('pod', { ...web, pod_name: pod }, use);
  }
  const uri = `cloudwatch:?endpoint=${encodeURIComponent(server.url)}&region=eu-west-1&levels=*&metrics=*&names=containerinsights${options}`;
  const report = await deliverTo(uri, builder.build());
  expect(report).toMatchObject({ rejected: 0, dropped: 0 });
  return { namespaces: [...new Set(server.accepted.map(({ namespace }) => namespace))], data: [...server.accepted] };
}

function values(data: readonly AcceptedDatum[], name: string): readonly unknown[] {
  return data
    .filter((datum) => datum.name === name)
    .map(({ dimensions, unit, value, values: several }) => [dimensions, unit, several ?? [value]]);
}

describe('cloudwatch:?names=containerinsights', () => {
  it('writes Container Insights’ namespace, names, units and dimensions', async () => {
    const { namespaces, data } = await put('');

    expect(namespaces).toEqual(['ContainerInsights']);
    const node = { ClusterName: 'prod', InstanceId: 'i-0a1b', NodeName: 'n1' };
    expect(values(data, 'node_cpu_utilization')).toEqual([[node, 'Percent', [12.5]]]);
    expect(values(data, 'node_cpu_limit')).toEqual([[node, 'None', [4_000]]]);
    expect(values(data, 'node_memory_working_set')).toEqual([[node, 'Bytes', [256 * MIB]]]);
    expect(values(data, 'node_filesystem_utilization')).toEqual([[node, 'Percent', [75]]]);
    expect(data.map(({ name }) => name).filter((name) => name.includes('/'))).toEqual([]);
  });

  it('has the pods of a workload as values of one series, and limits that are set alone', async () => {
    const { data } = await put('');

    const workload = { ClusterName: 'prod', Namespace: 'shop', PodName: 'web' };
    expect(values(data, 'pod_cpu_utilization')).toEqual([[workload, 'Percent', [2.5, 5]]]);
    expect(values(data, 'pod_memory_utilization_over_pod_limit')).toEqual([[workload, 'Percent', [50]]]);
    expect(values(data, 'pod_cpu_limit')).toEqual([]);
  });

  it('has pods apart, and a namespace of one’s own, if asked', async () => {
    const { namespaces, data } = await put('&namespace=Mine&dimensions=pod:ClusterName,Namespace,PodName,FullPodName');

    expect(namespaces).toEqual(['Mine']);
    expect(values(data, 'pod_cpu_utilization')).toEqual([
      [{ ClusterName: 'prod', Namespace: 'shop', PodName: 'web', FullPodName: 'web-1' }, 'Percent', [2.5]],
      [{ ClusterName: 'prod', Namespace: 'shop', PodName: 'web', FullPodName: 'web-2' }, 'Percent', [5]],
    ]);
  });

  it('has alarms in its names and units', async () => {
    const target = await cloudWatchTarget(parseUri('cloudwatch:?names=containerinsights&levels=*&metrics=*', {}), []);

    const alarms = cloudWatchAlarms(alarmRules(DEFAULT_BOUNDS), target, { prefix: 'h', actions: [] });

    expect(Object.keys(alarms)).toEqual(['HeaplessMemoryNearLimitAlarm']);
    expect(alarms['HeaplessMemoryNearLimitAlarm']?.Properties).toMatchObject({
      Threshold: 90,
      Metrics: [
        {
          Expression:
            'SELECT MAX("container_memory_utilization_over_container_limit") FROM SCHEMA("ContainerInsights", "ClusterName", "ContainerName", "Namespace", "PodName")',
        },
      ],
    });
  });
});
