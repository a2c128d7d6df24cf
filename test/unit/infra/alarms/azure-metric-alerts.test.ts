import { describe, expect, it } from 'vitest';
import { ALARM_IDS, DEFAULT_BOUNDS } from '../../../../infra/alarms/alarm-rule.ts';
import { alarmRules } from '../../../../infra/alarms/alarm-rules.ts';
import type { AzureMetricAlert, AzureMetricAlerts } from '../../../../infra/alarms/azure-metric-alerts.ts';
import { makeAlarms } from '../../../../infra/alarms/make-alarms.ts';
import { parseUri } from '../../../../shared/config/uri.ts';
import { deliverTo } from '../../../real/real-batch.ts';
import type { AcceptedSeries } from '../../../sim/custom-metrics-rules.ts';
import { RESOURCE_ID, startCustomMetricsServer } from '../../../sim/custom-metrics-server.ts';
import { observedBatch } from '../../../support/observed-batch.ts';

const SINK = `azuremonitor:?region=westeurope&resource_id=${RESOURCE_ID}&token=publisher`;

async function alertsOf(uri: string): Promise<readonly AzureMetricAlert[]> {
  const made = await makeAlarms('azure', {
    sink: parseUri(uri, {}),
    groupings: [],
    received: 'translated',
    functions: { region: '', names: [] },
    rules: alarmRules({ ...DEFAULT_BOUNDS, budgetPoints: 50_000 }),
    notify: ['group'],
    prefix: 'prod',
    datasource: '',
  });
  return (made as AzureMetricAlerts).resources;
}

function watches({ properties }: AzureMetricAlert, { namespace, metric, dimensions }: AcceptedSeries): boolean {
  const [{ metricNamespace, metricName, dimensions: wanted }] = properties.criteria.allOf;
  const has = (name: string, values: readonly string[]): boolean =>
    dimensions[name] !== undefined && (values.includes('*') || values.includes(dimensions[name]));
  return (
    namespace === metricNamespace &&
    metric === metricName &&
    wanted.every(({ name, values }) => has(name, values)) &&
    // A dimension that is left out would add rows up.
    Object.keys(dimensions).every((name) => wanted.some((one) => one.name === name))
  );
}

describe('alerts on custom metrics of Azure Monitor', () => {
  it.each(['', '&levels=*&metrics=*', '&levels=*&metrics=*&names=semconv'])(
    'watch series that the sink has sent, row by row, with%s',
    async (options) => {
      await using server = await startCustomMetricsServer();
      const uri = `${SINK}&endpoint=${encodeURIComponent(server.url)}${options}`;
      await deliverTo(uri, observedBatch());

      const alerts = await alertsOf(uri);

      expect(alerts.length).toBeGreaterThan(1);
      expect(alerts.filter((alert) => !server.stored.some((series) => watches(alert, series)))).toEqual([]);
    },
  );

  it('cover the catalog when everything is sent, each under a name of its own', async () => {
    const names = (await alertsOf(`${SINK}&levels=*&metrics=*`)).map(({ name }) => name);

    expect(ALARM_IDS.filter((id) => !names.some((name) => name.startsWith(`prod-${id}`)))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('sound when every value of the window breaks the bound', async () => {
    const [down, incomplete] = await alertsOf(SINK);

    expect(down?.properties).toMatchObject({
      severity: 1,
      scopes: [RESOURCE_ID],
      windowSize: 'PT5M',
      criteria: {
        allOf: [
          {
            metricNamespace: 'Heapless/node',
            metricName: 'up',
            operator: 'LessThan',
            threshold: 1,
            timeAggregation: 'Maximum',
          },
        ],
      },
      actions: [{ actionGroupId: 'group' }],
    });
    expect(incomplete?.name).toBe('prod-incomplete');
  });
});
