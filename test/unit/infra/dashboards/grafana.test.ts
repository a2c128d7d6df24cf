// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Grafana
import { describe, expect, it } from 'vitest';
import { type ConsoleRequest, grafanaLanguage, makeDashboard } from '../../../../infra/dashboards/consoles.ts';
import { grafanaDashboardOf } from '../../../../infra/dashboards/grafana.ts';
import { type GrafanaDashboard, grafanaDashboard } from '../../../../infra/dashboards/grafana-dashboard.ts';
import { VIEWS, viewsOf } from '../../../../infra/dashboards/views.ts';
import { parseUri } from '../../../../shared/config/uri.ts';

function request(uri: string, more: Partial<ConsoleRequest> = {}): ConsoleRequest {
  const functions = { region: 'eu-west-1', names: [] };
  return { sink: parseUri(uri, {}), groupings: [], received: 'translated', functions, ...more };
}

async function dashboardOf(uri: string, more: Partial<ConsoleRequest> = {}): Promise<GrafanaDashboard> {
  return grafanaDashboardOf(VIEWS, await grafanaLanguage(request(uri, more)));
}

function textsOf(dashboard: GrafanaDashboard): readonly string[] {
  return dashboard.panels
    .flatMap((item) => (item.type === 'row' ? item.panels : [item]))
    .flatMap(({ targets }) =>
      targets.map((target) => ('expr' in target ? target.expr : 'query' in target ? target.query : '')),
    );
}

describe('the Grafana dashboard', () => {
  it.each([
    'prometheus:http://x',
    'prometheus:http://x?levels=node&metrics=cpu/*',
    'otlp:http://x?attributes=point',
    'influxdb:http://x',
    'influxdb:http://x?withfields=true',
  ])('is what Grafana imports, for %s', async (uri) => {
    const result = grafanaDashboard.safeParse(await dashboardOf(uri));

    expect(result.error?.issues ?? []).toEqual([]);
  });

  it('shows what the sink exports and nothing else', async () => {
    const texts = textsOf(await dashboardOf('prometheus:http://x?levels=node&metrics=up'));

    expect(texts.every((text) => text.includes('heapster_up{'))).toBe(true);
    expect(texts.length).toBe(2);
  });

  it('is chosen by cluster, namespace, workload, grouping and node, each among those before it', async () => {
    const { templating } = await dashboardOf('prometheus:http://x');
    const variables = templating.list.flatMap((one) => (one.type === 'query' ? [[one.name, one.definition]] : []));

    expect(Object.fromEntries(variables)).toMatchObject({
      cluster_name: 'label_values(heapster_cpu_usage_rate{type="cluster"}, cluster_name)',
      workload_name:
        'label_values(heapster_cpu_usage_rate{type="workload",cluster_name=~"$cluster_name",namespace_name=~"$namespace_name"}, workload_name)',
      nodename: 'label_values(heapster_uptime{type="node",cluster_name=~"$cluster_name"}, nodename)',
    });
  });

  it('reads counters by their rate over the interval that Grafana knows', async () => {
    const texts = textsOf(await dashboardOf('prometheus:http://x?metrics=network/interface_rx&levels=node'));

    expect(texts).toEqual([
      'max by (nodename, interface) (rate(heapster_network_interface_rx{type="node",cluster_name=~"$cluster_name",nodename=~"$nodename"}[$__rate_interval]))',
    ]);
  });

  it('adds what one line has several series of', async () => {
    const texts = textsOf(await dashboardOf('prometheus:http://x?metrics=heapless/points'));

    expect(texts[0]).toBe(
      'sum by (sink) (heapster_heapless_points{type="cluster",cluster_name=~"$cluster_name",outcome=~"delivered|replayed"})',
    );
  });

  it('asks InfluxDB for measurements and fields as the sink has them', async () => {
    const plain = textsOf(await dashboardOf('influxdb:http://x?metrics=cpu/node_utilization'));
    const fields = textsOf(await dashboardOf('influxdb:http://x?metrics=cpu/node_utilization&withfields=true'));

    expect(plain[0]).toContain('mean("value") AS "rows" FROM "cpu/node_utilization" WHERE "type" = \'node\'');
    expect(fields[0]).toContain('mean("node_utilization") AS "rows" FROM "cpu" WHERE "type" = \'node\'');
  });

  it('asks for names as a receiver of OTLP translates them, or as they are sent', async () => {
    const uri = 'otlp:http://x?attributes=point&metrics=uptime&levels=node';
    const translated = textsOf(await dashboardOf(uri));
    const plain = textsOf(await dashboardOf(uri, { received: 'plain' }));

    expect(translated[0]).toContain('uptime_milliseconds_total{type="node"');
    expect(plain[0]).toContain('(uptime{type="node"');
  });

  it('says that labels of the resource are no labels in PromQL', async () => {
    await expect(dashboardOf('otlp:http://x')).rejects.toThrow('add attributes=point');
  });

  it('is one for each view where one is asked for', async () => {
    const dashboard = (await makeDashboard(
      'grafana',
      viewsOf(['node']),
      request('prometheus:http://x'),
    )) as GrafanaDashboard;

    expect(dashboard).toMatchObject({ uid: 'heapless-node', title: 'Heapless: Node' });
    expect(dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual([
      'Node',
      'Node: more metrics',
    ]);
  });

  it('refuses a sink that the console cannot show', async () => {
    await expect(makeDashboard('grafana', VIEWS, request('cloudwatch:'))).rejects.toThrow(
      'cannot be shown by grafana, which shows prometheus:, otlp:, influxdb:, azuremonitor:',
    );
  });
});

describe('the schema of a Grafana dashboard', () => {
  it.each<[string, (dashboard: GrafanaDashboard) => unknown]>([
    ['two panels of one id', (one) => ({ ...one, panels: [one.panels[0], one.panels[0]] })],
    ['a panel outside of the grid', (one) => withPlace(one, { x: 20, y: 0, w: 12, h: 8 })],
    ['a property nobody knows', (one) => ({ ...one, rows: [] })],
  ])('refuses %s', async (_, spoil) => {
    const dashboard = await dashboardOf('prometheus:http://x');

    expect(grafanaDashboard.safeParse(spoil(dashboard)).success).toBe(false);
  });
});

function withPlace(dashboard: GrafanaDashboard, gridPos: object): unknown {
  return { ...dashboard, panels: [{ ...dashboard.panels[1], gridPos }] };
}
