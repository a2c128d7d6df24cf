import { protos } from '@google-cloud/monitoring';
import { describe, expect, it } from 'vitest';
import { ALARM_IDS, DEFAULT_BOUNDS } from '../../../../infra/alarms/alarm-rule.ts';
import { alarmRules } from '../../../../infra/alarms/alarm-rules.ts';
import type { AzureRuleGroup } from '../../../../infra/alarms/azure-rule-group.ts';
import type { AlertPolicy } from '../../../../infra/alarms/cloud-monitoring-policies.ts';
import type { CloudWatchAlarm } from '../../../../infra/alarms/cloudwatch-alarms.ts';
import type { GrafanaAlerts } from '../../../../infra/alarms/grafana-alerts.ts';
import { type AlarmEngine, makeAlarms } from '../../../../infra/alarms/make-alarms.ts';
import type { PrometheusRules } from '../../../../infra/alarms/prometheus-rules.ts';
import { parseUri } from '../../../../shared/config/uri.ts';
import { metricByKey } from '../../../../shared/core/metrics.ts';

const RULES = alarmRules({ ...DEFAULT_BOUNDS, budgetPoints: 50_000 });

async function made<T>(engine: AlarmEngine, uri: string): Promise<T> {
  const request = {
    sink: parseUri(uri, {}),
    groupings: [],
    received: 'translated' as const,
    functions: { region: 'eu-west-1', names: [] },
    rules: RULES,
    notify: ['somebody'],
    prefix: 'heapless-prod',
    datasource: 'metrics',
  };
  return (await makeAlarms(engine, request)) as T;
}

describe('the rules of alarms', () => {
  it('are there for everything that must wake somebody', () => {
    expect(RULES.map(({ id }) => id)).toEqual([...ALARM_IDS]);
  });

  it('watch metrics that their levels have', () => {
    const wrong = RULES.flatMap(({ id, levels, bounds, undivided = [] }) =>
      levels.flatMap((level) =>
        [...bounds, ...undivided]
          .flatMap(({ metric, divisor }) => [metric, ...(divisor === undefined ? [] : [divisor])])
          .filter((key) => !metricByKey(key).levels.includes(level))
          .map((key) => `${id}: ${key} at ${level}`),
      ),
    );

    expect(wrong).toEqual([]);
  });

  it('have no alarm on a budget that nobody gave', () => {
    expect(alarmRules(DEFAULT_BOUNDS).map(({ id }) => id)).not.toContain('budget-exceeded');
  });
});

describe('alarms of Prometheus', () => {
  it('cover every rule, and silence where it is as bad', async () => {
    const { groups } = await made<PrometheusRules>('prometheus', 'prometheus:http://x');
    const names = new Set(groups[0]?.rules.map(({ alert }) => alert));

    expect([...names]).toEqual([
      'HeaplessNodeDown',
      'HeaplessIncomplete',
      'HeaplessIncompleteAbsent',
      'HeaplessPointsDropped',
      'HeaplessBacklogGrowing',
      'HeaplessMemoryNearLimit',
      'HeaplessVolumeAlmostFull',
      'HeaplessPressureHigh',
      'HeaplessBudgetExceeded',
    ]);
  });

  it('fall back to the level that the sink exports', async () => {
    const { groups } = await made<PrometheusRules>('prometheus', 'prometheus:http://x?levels=namespace,cluster');
    const memory = groups[0]?.rules.find(({ alert }) => alert === 'HeaplessMemoryNearLimit');

    expect(memory?.expr).toBe(
      'max by (cluster_name, namespace_name) (heapster_memory_limit_utilization{type="ns"}) > 0.9',
    );
    expect(groups[0]?.rules.some(({ alert }) => alert === 'HeaplessNodeDown')).toBe(false);
  });
});

describe('alarms of Grafana', () => {
  it('read the value, take the last and compare it', async () => {
    const { groups } = await made<GrafanaAlerts>('grafana', 'prometheus:http://x');
    const volume = groups[0]?.rules.find(({ uid }) => uid === 'heapless-volume-almost-full');

    expect(volume?.data.map(({ datasourceUid }) => datasourceUid)).toEqual(['metrics', '__expr__', '__expr__']);
    expect(volume?.data[0]?.model).toMatchObject({ expr: expect.stringMatching(/ \/ max by .*\}\)$/) });
    expect(volume?.data[2]?.model).toMatchObject({
      expression: 'B',
      conditions: [{ evaluator: { type: 'gt', params: [0.9] } }],
    });
    expect(groups[0]?.rules.find(({ uid }) => uid === 'heapless-incomplete')?.noDataState).toBe('Alerting');
    expect(new Set(groups[0]?.rules.map(({ uid }) => uid)).size).toBe(groups[0]?.rules.length);
  });

  it('watch free bytes of a volume in InfluxQL, which divides nothing', async () => {
    const { groups } = await made<GrafanaAlerts>('grafana', 'influxdb:http://x');
    const volume = groups[0]?.rules.find(({ uid }) => uid === 'heapless-volume-almost-full');

    expect(volume?.data[0]?.model).toMatchObject({ query: expect.stringContaining('"filesystem/available"') });
    expect(volume?.data[2]?.model).toMatchObject({ conditions: [{ evaluator: { type: 'lt', params: [2 ** 30] } }] });
  });
});

describe('alert policies of Cloud Monitoring', () => {
  const URI = 'stackdriver:?levels=*&metrics=*&use_new_resources=true';

  it('are as the published proto says, with no field besides', async () => {
    const { AlertPolicy: Message } = protos.google.monitoring.v3;
    const policies = await made<readonly AlertPolicy[]>('gcm', URI);

    expect(policies.length).toBe(ALARM_IDS.length);
    for (const policy of policies) {
      const seconds = (key: string, value: unknown): unknown =>
        ['alignmentPeriod', 'duration', 'autoClose'].includes(key)
          ? { seconds: Number(String(value).slice(0, -1)) }
          : value;
      const given = JSON.parse(JSON.stringify(policy), seconds) as Record<string, unknown>;
      const read = Message.toObject(Message.fromObject(given), { enums: String, longs: Number, arrays: false });

      expect(JSON.parse(JSON.stringify(read))).toEqual(given);
    }
  });

  it('divide what a volume holds by its size, and alarm when nothing comes', async () => {
    const policies = await made<readonly AlertPolicy[]>('gcm', URI);
    const of = (id: string): AlertPolicy | undefined =>
      policies.find(({ userLabels }) => userLabels['heapless'] === id);

    expect(of('volume-almost-full')?.conditions).toMatchObject([
      { conditionThreshold: { denominatorFilter: expect.stringContaining('total_bytes'), thresholdValue: 0.9 } },
    ]);
    expect(of('incomplete')?.conditions[1]).toMatchObject({ conditionAbsent: { duration: '300s' } });
    expect(of('pressure-high')?.conditions.length).toBe(3);
  });
});

describe('alarms of an Azure Monitor workspace', () => {
  it("are Prometheus's, with a severity, a duration and an action group as Azure writes them", async () => {
    const [azure, prometheus] = await Promise.all([
      made<AzureRuleGroup>('azure', 'prometheus:http://x'),
      made<PrometheusRules>('prometheus', 'prometheus:http://x'),
    ]);
    const { rules } = azure.resources[0].properties;

    expect(rules.map(({ expression }) => expression)).toEqual(prometheus.groups[0]?.rules.map(({ expr }) => expr));
    expect(rules[0]).toMatchObject({ for: 'PT3M', severity: 1, actions: [{ actionGroupId: 'somebody' }] });
    expect(rules.every((rule) => /^PT[0-9]+M$/.test(rule.for))).toBe(true);
    // A group takes 20 rules.
    expect(rules.length).toBeLessThanOrEqual(20);
  });
});

describe('alarms of CloudWatch', () => {
  interface Template {
    readonly Resources: Readonly<Record<string, CloudWatchAlarm>>;
  }

  it('watch the worst row of what the sink exports by default', async () => {
    const { Resources } = await made<Template>('cloudwatch', 'cloudwatch:');

    expect(
      Object.values(Resources).map(({ Properties }) => [Properties.AlarmName, Properties.Metrics[0].Expression]),
    ).toEqual([
      ['heapless-prod-node-down', 'SELECT MIN("up") FROM SCHEMA("Heapless", "ClusterName", "NodeName")'],
      ['heapless-prod-incomplete', 'SELECT MIN("collection/completeness") FROM SCHEMA("Heapless", "ClusterName")'],
    ]);
  });

  it('cover every rule with all metrics, each under a name of its own', async () => {
    const { Resources } = await made<Template>('cloudwatch', 'cloudwatch:?levels=*&metrics=*');
    const names = Object.values(Resources).map(({ Properties }) => Properties.AlarmName.replace('heapless-prod-', ''));

    expect(ALARM_IDS.filter((id) => !names.some((name) => name.startsWith(id)))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});
