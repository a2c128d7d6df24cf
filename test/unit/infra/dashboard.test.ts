// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they are written
import { describe, expect, it } from 'vitest';
import { cloudWatchDashboard } from '../../../infra/dashboards/cloudwatch.ts';
import { cloudWatchTarget, defaultDashboardTarget } from '../../../infra/dashboards/cloudwatch-target.ts';
import { type DashboardBody, dashboardBody } from '../../../infra/dashboards/dashboard-body.ts';
import { parseConfig } from '../../../shared/config/parse-config.ts';
import { METRICS } from '../../../shared/core/metrics.ts';
import { DEFAULTS } from '../../../shared/sinks/cloudwatch/options.ts';

async function dashboardOf(sink: string, groupBy = ''): Promise<DashboardBody> {
  const { config } = parseConfig({ env: { HEAPLESS_SINK: sink, HEAPLESS_GROUP_BY: groupBy } });
  return cloudWatchDashboard(await cloudWatchTarget(config.sinks[0]!, config.groupings));
}

function metricWidgets(body: DashboardBody) {
  return body.widgets.flatMap((widget) => (widget.type === 'metric' ? [widget.properties] : []));
}

/** Names of our own metrics in a dashboard, in searches and in lines. */
function metricNames(body: DashboardBody, namespace: string): readonly string[] {
  const parts = metricWidgets(body).flatMap(({ metrics }) => metrics);
  return parts.flatMap((metric) => {
    const [first] = metric;
    if (typeof first === 'object' && 'expression' in first)
      return /(?:MetricName=|SELECT (?:SUM|AVG)\()"([^"]+)"/.exec(first.expression)?.[1] ?? [];
    return first === namespace ? [String(metric[1])] : [];
  });
}

describe('the CloudWatch dashboard', () => {
  it.each([
    ['the default', 'cloudwatch:', ''],
    ['everything', 'cloudwatch:?levels=*&metrics=*', 'namespace,label:app; node-label:zone'],
    ['few metrics', 'cloudwatch:?metrics=cpu/usage_rate&levels=node', ''],
    ['other dimensions', 'cloudwatch:?dimensions=cluster:Type&dimensions=node:NodeName', ''],
  ])('is a body that CloudWatch takes, for %s', async (_, sink, groupBy) => {
    const result = dashboardBody.safeParse(await dashboardOf(sink, groupBy));

    expect(result.error?.issues ?? []).toEqual([]);
  });

  it('shows only what the sink exports by default, and most of it', async () => {
    const names = new Set(metricNames(cloudWatchDashboard(await defaultDashboardTarget()), 'Heapless'));

    expect([...names].filter((name) => !DEFAULTS.metrics.includes(name))).toEqual([]);
    expect(DEFAULTS.metrics.filter((name) => !names.has(name))).toEqual([]);
  });

  it('knows no name that is not in the catalog', async () => {
    const known = new Set(METRICS.map(({ name }) => name));

    const names = metricNames(await dashboardOf('cloudwatch:?levels=*&metrics=*'), 'Heapless');

    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it('leaves out sections of which nothing is exported', async () => {
    const body = await dashboardOf('cloudwatch:?metrics=cpu/usage_rate&levels=cluster');
    const headings = body.widgets.flatMap((widget) => (widget.type === 'text' ? [widget.properties.markdown] : []));

    expect(headings).toEqual(['## All clusters', '## Cluster', '## The functions']);
  });

  it('has a section for each grouping, searched by its own dimensions', async () => {
    const body = await dashboardOf('cloudwatch:', 'namespace,label:app.kubernetes.io/name; node-label:zone');
    const searches = JSON.stringify(body);

    expect(searches).toContain('Groups by namespace,label:app.kubernetes.io/name');
    expect(searches).toContain('{Heapless,ClusterName,Grouping,Namespace,app.kubernetes.io/name}');
    expect(searches).toContain('{Heapless,ClusterName,Grouping,zone}');
  });

  it('reads totals by their sum if they are statistic sets, else by their average', async () => {
    const sets = metricWidgets(await dashboardOf('cloudwatch:')).find(({ title }) => title.startsWith('CPU use ('));
    const plain = metricWidgets(await dashboardOf('cloudwatch:?totals=value')).find(({ title }) =>
      title.startsWith('CPU use ('),
    );

    expect(sets?.stat).toBe('Sum');
    expect(plain?.stat).toBe('Average');
  });

  it("shows the sink's region, and the functions in the stack's", async () => {
    const regions = new Set(
      metricWidgets(await dashboardOf('cloudwatch:?region=eu-north-1')).map(({ region }) => region),
    );

    expect([...regions]).toEqual(['eu-north-1', '${AWS::Region}']);
  });
});

describe('the schema of a dashboard', () => {
  it.each<[string, (body: DashboardBody) => unknown]>([
    ['a widget outside of the grid', (body) => ({ ...body, widgets: [{ ...body.widgets[0], x: 20 }] })],
    ['widgets that lie over each other', (body) => ({ ...body, widgets: [body.widgets[0], body.widgets[0]] })],
    ['a property nobody knows', (body) => ({ ...body, title: 'x' })],
    ['a metric of an odd number of parts', (body) => withMetric(body, ['Heapless', 'up', 'NodeName'])],
    ['rendering in the middle of a metric', (body) => withMetric(body, ['Heapless', { label: 'x' }, 'up'])],
  ])('refuses %s', async (_, spoil) => {
    const body = cloudWatchDashboard(await defaultDashboardTarget());

    expect(dashboardBody.safeParse(body).success).toBe(true);
    expect(dashboardBody.safeParse(spoil(body)).success).toBe(false);
  });
});

function withMetric(body: DashboardBody, metric: readonly unknown[]): unknown {
  const widget = body.widgets.find(({ type }) => type === 'metric');
  return { ...body, widgets: [{ ...widget, properties: { ...widget?.properties, metrics: [metric] } }] };
}
