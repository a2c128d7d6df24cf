import { describe, expect, it } from 'vitest';
import { grafanaLanguage } from '../../../../infra/dashboards/consoles.ts';
import { grafanaDashboardOf } from '../../../../infra/dashboards/grafana.ts';
import {
  type GrafanaDashboard,
  type GrafanaTarget,
  grafanaDashboard,
} from '../../../../infra/dashboards/grafana-dashboard.ts';
import { VIEWS } from '../../../../infra/dashboards/views.ts';
import type { Grouping } from '../../../../shared/config/config.ts';
import { parseUri } from '../../../../shared/config/uri.ts';
import { deliverTo } from '../../../real/real-batch.ts';
import type { AcceptedSeries } from '../../../sim/custom-metrics-rules.ts';
import { RESOURCE_ID, startCustomMetricsServer } from '../../../sim/custom-metrics-server.ts';
import { observedBatch } from '../../../support/observed-batch.ts';

type AzureTarget = Extract<GrafanaTarget, { readonly queryType: string }>;

/** The grouping of the observed batch. */
const GROUPINGS: readonly Grouping[] = [{ text: 'namespace', keys: [{ kind: 'label', name: 'namespace_name' }] }];
const SINK = `azuremonitor:?region=westeurope&resource_id=${RESOURCE_ID}&token=publisher`;

async function dashboardOf(uri: string, groupings = GROUPINGS): Promise<GrafanaDashboard> {
  const functions = { region: '', names: [] };
  const request = { sink: parseUri(uri, {}), groupings, received: 'translated' as const, functions };
  return grafanaDashboardOf(VIEWS, await grafanaLanguage(request));
}

function targetsOf({ panels }: GrafanaDashboard): readonly AzureTarget[] {
  return panels
    .flatMap((item) => (item.type === 'row' ? item.panels : [item]))
    .flatMap(({ targets }) => targets.flatMap((target) => ('queryType' in target ? [target] : [])));
}

/** The series that a query takes: those of the metric that have all dimensions of its filters. */
function found({ azureMonitor }: AzureTarget, sent: readonly AcceptedSeries[]): readonly AcceptedSeries[] {
  const { customNamespace, metricName, dimensionFilters } = azureMonitor;
  return sent.filter(
    ({ namespace, metric, dimensions }) =>
      namespace === customNamespace &&
      metric === metricName &&
      dimensionFilters.every(({ dimension, filters }) => {
        const value = dimensions[dimension];
        // A variable stands for everything until somebody writes a name.
        return value !== undefined && filters.some((one) => one === '*' || one.startsWith('$') || one === value);
      }),
  );
}

/** What the query draws in a minute of the lines that it tells apart. */
function drawn(target: AzureTarget, sent: readonly AcceptedSeries[]): readonly number[] {
  const lines = Map.groupBy(found(target, sent), ({ dimensions }) =>
    JSON.stringify(target.azureMonitor.dimensionFilters.map(({ dimension }) => dimensions[dimension])),
  );
  return [...lines.values()].map((series) =>
    target.azureMonitor.aggregation === 'Total'
      ? series.reduce((sum, one) => sum + one.sum, 0)
      : Math.max(...series.map(({ max }) => max)),
  );
}

describe('every query of the dashboard for custom metrics of Azure Monitor', () => {
  it.each([
    ['the default', ''],
    ['everything', '&levels=*&metrics=*'],
    ['plain totals', '&levels=*&metrics=*&totals=value'],
    ['another namespace', '&levels=*&metrics=*&namespace=Acme%20K8s'],
    [
      'other dimensions',
      '&levels=*&metrics=*&dimensions=pod:namespace_name&dimensions=node:cluster_name,hostname,nodename',
    ],
    ['names=otel', '&levels=*&metrics=*&names=otel'],
    ['names=semconv', '&levels=*&metrics=*&names=semconv'],
    ['names=prometheus', '&levels=*&metrics=*&names=prometheus'],
  ])('finds series that the sink has sent, and leaves none out, for %s', async (_, options) => {
    await using server = await startCustomMetricsServer();
    const uri = `${SINK}&endpoint=${encodeURIComponent(server.url)}${options}`;
    await deliverTo(uri, observedBatch());

    const targets = targetsOf(await dashboardOf(uri));

    expect(targets.length).toBeGreaterThan(10);
    expect(targets.filter((target) => found(target, server.stored).length === 0)).toEqual([]);
    const asked = new Set(targets.flatMap((target) => found(target, server.stored)));
    const nameOf = ({ namespace, metric }: AcceptedSeries): string => `${namespace} ${metric}`;
    const shown = new Set([...asked].map(nameOf));
    expect([...new Set(server.stored.map(nameOf))].filter((name) => !shown.has(name))).toEqual([]);
  });

  it('draws the total of statistic sets and of plain values alike', async () => {
    const totals: (readonly number[])[] = [];
    for (const kind of ['statistics', 'value']) {
      await using server = await startCustomMetricsServer();
      const uri = `${SINK}&endpoint=${encodeURIComponent(server.url)}&levels=*&metrics=*&totals=${kind}`;
      await deliverTo(uri, observedBatch());
      const targets = targetsOf(await dashboardOf(uri)).filter(
        ({ azureMonitor }) =>
          azureMonitor.customNamespace === 'Heapless/namespace' && azureMonitor.metricName === 'memory/working_set',
      );
      totals.push(targets.flatMap((target) => drawn(target, server.stored).toSorted()));
    }

    expect(totals[0]?.length).toBeGreaterThan(1);
    expect(totals[0]).toEqual(totals[1]);
  });
});

describe('the dashboard for custom metrics of Azure Monitor', () => {
  it.each(['', '&levels=*&metrics=*'])('is what Grafana imports, with%s', async (options) => {
    const result = grafanaDashboard.safeParse(await dashboardOf(`${SINK}${options}`));

    expect(result.error?.issues ?? []).toEqual([]);
  });

  it('asks the resource that the sink writes about, by the minute', async () => {
    const [target] = targetsOf(await dashboardOf(SINK));

    expect(target).toMatchObject({
      queryType: 'Azure Monitor',
      subscription: '0000',
      azureMonitor: {
        resources: [
          {
            subscription: '0000',
            resourceGroup: 'rg-1',
            metricNamespace: 'Microsoft.ContainerService/managedClusters',
            resourceName: 'prod',
            region: 'westeurope',
          },
        ],
        timeGrain: 'PT1M',
      },
    });
  });

  it('names a resource inside of another by both', async () => {
    const nested = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/app/slots/blue';
    const [target] = targetsOf(await dashboardOf(`azuremonitor:?region=westeurope&resource_id=${nested}`));

    expect(target?.azureMonitor.resources[0]).toMatchObject({
      metricNamespace: 'Microsoft.Web/sites/slots',
      resourceName: 'app/blue',
    });
  });

  it('is chosen by what somebody writes at its top, everything until then', async () => {
    const { templating } = await dashboardOf(`${SINK}&levels=*`);

    expect(templating.list.slice(1).map((one) => [one.type, one.name, one.query])).toEqual([
      ['textbox', 'cluster_name', '*'],
      ['textbox', 'namespace_name', '*'],
      ['textbox', 'workload_name', '*'],
      ['textbox', 'nodename', '*'],
    ]);
  });

  it('has queries for each grouping, and none of groups without groupings', async () => {
    const zones: Grouping = { text: 'node-label:zone', keys: [{ kind: 'node-label', name: 'zone' }] };
    const groups = async (groupings: readonly Grouping[]): Promise<readonly AzureTarget[]> =>
      targetsOf(await dashboardOf(SINK, groupings)).filter(
        ({ azureMonitor }) => azureMonitor.customNamespace === 'Heapless/group',
      );

    const both = await groups([...GROUPINGS, zones]);

    expect((await groups([])).length).toBe(0);
    expect(both.length).toBe(2 * (await groups(GROUPINGS)).length);
    expect(both[1]?.azureMonitor.dimensionFilters).toEqual([
      { dimension: 'grouping', operator: 'eq', filters: ['node-label:zone'] },
      { dimension: 'cluster_name', operator: 'eq', filters: ['$cluster_name'] },
      { dimension: 'zone', operator: 'eq', filters: ['*'] },
    ]);
  });
});
