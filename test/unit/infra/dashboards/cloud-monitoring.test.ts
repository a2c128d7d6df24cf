import { protos } from '@google-cloud/monitoring-dashboards';
import { describe, expect, it } from 'vitest';
import { cloudMonitoringDashboard, MAX_WIDGETS } from '../../../../infra/dashboards/cloud-monitoring.ts';
import type { CloudMonitoringDashboard } from '../../../../infra/dashboards/cloud-monitoring-dashboard.ts';
import { stackdriverNames } from '../../../../infra/dashboards/stackdriver-names.ts';
import { VIEWS, viewsOf } from '../../../../infra/dashboards/views.ts';
import { parseUri } from '../../../../shared/config/uri.ts';
import type { StackdriverSettings } from '../../../../shared/sinks/stackdriver/settings.ts';
import { lostQueries, type MonitoringQuery, sentSeries } from '../../../support/monitoring-filter.ts';

const { Dashboard } = protos.google.monitoring.dashboard.v1;

const SINKS: readonly (readonly [string, Partial<StackdriverSettings>])[] = [
  ['stackdriver:?levels=*&metrics=*&use_new_resources=true', { models: ['new'] }],
  ['stackdriver:?levels=*&metrics=*', { models: ['old'] }],
  ['stackdriver:?levels=*', { models: ['old'] }],
  ['stackdriver:', { models: ['old'] }],
  ['gcm:?metric_prefix=google&use_new_resources=true', { models: ['new'], prefix: 'google' }],
];

async function dashboardsOf(uri: string): Promise<readonly CloudMonitoringDashboard[]> {
  const names = await stackdriverNames(parseUri(uri, {}));
  return VIEWS.map((view) => cloudMonitoringDashboard([view], names));
}

function queriesOf(dashboard: CloudMonitoringDashboard): readonly MonitoringQuery[] {
  return dashboard.mosaicLayout.tiles.flatMap(({ widget }) =>
    'xyChart' in widget
      ? widget.xyChart.dataSets.map(({ timeSeriesQuery: { timeSeriesFilter } }) => ({
          filter: timeSeriesFilter.filter,
          groupBy: timeSeriesFilter.aggregation.groupByFields,
        }))
      : [],
  );
}

describe('the dashboards of Cloud Monitoring', () => {
  it.each(SINKS)('are as the published protos say, with no field besides, for %s', async (uri) => {
    for (const dashboard of await dashboardsOf(uri)) {
      const given = toMessage(dashboard);

      const read = Dashboard.toObject(Dashboard.fromObject(given), { enums: String, longs: Number });

      expect(JSON.parse(JSON.stringify(read))).toEqual(given);
    }
  });

  it.each(SINKS)('find a series in what is sent by %s with every query', async (uri, settings) => {
    const queries = (await dashboardsOf(uri)).flatMap(queriesOf);
    const lost = lostQueries(queries, sentSeries(settings));

    expect(queries.length).toBeGreaterThan(10);
    expect(lost).toEqual([]);
  });

  it('have one filter for each label, which binds every graph that has it', async () => {
    const [, cluster, namespace] = await dashboardsOf('stackdriver:?levels=*&metrics=*&use_new_resources=true');

    expect(cluster?.dashboardFilters).toEqual([{ filterType: 'RESOURCE_LABEL', labelKey: 'cluster_name' }]);
    expect(namespace?.dashboardFilters).toContainEqual({ filterType: 'METRIC_LABEL', labelKey: 'namespace_name' });
    expect(namespace?.dashboardFilters).toContainEqual({ filterType: 'RESOURCE_LABEL', labelKey: 'namespace_name' });
  });

  it('keep within the widgets of a dashboard, and say how if they do not', async () => {
    const names = await stackdriverNames(parseUri('stackdriver:?levels=*&metrics=*&use_new_resources=true', {}));

    expect(() => cloudMonitoringDashboard(VIEWS, names)).toThrow(/more than the 100 .* each --view/);
    for (const view of VIEWS) {
      expect(cloudMonitoringDashboard([view], names).mosaicLayout.tiles.length).toBeLessThanOrEqual(MAX_WIDGETS);
    }
  });

  it('lay no tile over another but a group over its own', async () => {
    const [dashboard] = await dashboardsOf('stackdriver:?levels=*&metrics=*');
    const [node] = viewsOf(['node']).map(async (view) =>
      cloudMonitoringDashboard([view], await stackdriverNames(parseUri('stackdriver:?levels=*&metrics=*', {}))),
    );
    for (const body of [dashboard, await node]) {
      const charts = (body?.mosaicLayout.tiles ?? []).filter(({ widget }) => !('collapsibleGroup' in widget));
      const places = new Set(charts.map(({ xPos, yPos }) => `${xPos},${yPos}`));

      expect(places.size).toBe(charts.length);
      expect(charts.every(({ xPos, width }) => xPos + width <= 48)).toBe(true);
    }
  });
});

/** JSON as protobuf.js takes it: durations as messages, no empty lists. */
function toMessage(dashboard: CloudMonitoringDashboard): Record<string, unknown> {
  const read = (key: string, value: unknown): unknown => {
    if (key === 'alignmentPeriod' && typeof value === 'string') return { seconds: Number(/^(\d+)s$/.exec(value)?.[1]) };
    return Array.isArray(value) && value.length === 0 ? undefined : value;
  };
  return JSON.parse(JSON.stringify(dashboard), read) as Record<string, unknown>;
}
