import { describe, expect, it } from 'vitest';
import { type ConsoleRequest, grafanaLanguage } from '../../infra/dashboards/consoles.ts';
import { grafanaDashboardOf } from '../../infra/dashboards/grafana.ts';
import type { GrafanaDashboard } from '../../infra/dashboards/grafana-dashboard.ts';
import { VIEWS } from '../../infra/dashboards/views.ts';
import { parseUri } from '../../shared/config/uri.ts';
import type { UnixMillis } from '../../shared/core/units.ts';
import { lastMinute } from '../contract/sinks/contract-batch.ts';
import { observedBatch } from '../support/observed-batch.ts';
import { startInflux } from './influx-process.ts';
import { type MetricsServer, startPrometheus, startVictoriaMetrics } from './prometheus-servers.ts';
import { deliverTo } from './real-batch.ts';

const MINUTE = 60_000;
const TICKS = 3;

async function dashboardOf(uri: string, received: ConsoleRequest['received']): Promise<GrafanaDashboard> {
  const functions = { region: 'eu-west-1', names: [] };
  return grafanaDashboardOf(
    VIEWS,
    await grafanaLanguage({ sink: parseUri(uri, {}), groupings: [], received, functions }),
  );
}

interface Asked {
  readonly title: string;
  readonly text: string;
}

function queriesOf({ panels }: GrafanaDashboard): readonly Asked[] {
  return panels
    .flatMap((item) => (item.type === 'row' ? item.panels : [item]))
    .flatMap(({ title, targets }) =>
      targets.map((target) => ({
        title,
        text: 'expr' in target ? target.expr : 'query' in target ? target.query : '',
      })),
    );
}

/** What Grafana puts in for its variables when everything is chosen. */
function chosen(text: string): string {
  return text
    .replaceAll('$__rate_interval', '5m')
    .replaceAll(/\$(cluster_name|namespace_name|workload_name|grouping|nodename)/g, '.*');
}

async function deliverTicks(uri: string): Promise<UnixMillis> {
  const last = lastMinute();
  for (let step = 0; step < TICKS; step++) {
    const report = await deliverTo(uri, observedBatch(last - (TICKS - 1 - step) * MINUTE, step));
    expect(report).toMatchObject({ rejected: 0, dropped: 0, problems: [] });
  }
  return last;
}

/** Titles and queries that found no number. */
async function unanswered(
  server: MetricsServer,
  queries: readonly Asked[],
  at: UnixMillis,
): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const { title, text } of queries) {
    const found = await server.query(chosen(text), at);
    if (!found.some(({ value }) => Number.isFinite(value))) lost.push(`${title}: ${text}`);
  }
  return lost;
}

describe('every query of the Grafana dashboard', () => {
  for (const [name, start, uri, received] of [
    ['prometheus', startPrometheus, 'prometheus:URL', 'translated'],
    ['prometheus', startPrometheus, 'prometheus:URL?names=otel', 'translated'],
    ['prometheus', startPrometheus, 'prometheus:URL?names=semconv', 'translated'],
    ['prometheus', startPrometheus, 'prometheus:URL?names=prometheus', 'translated'],
    ['victoria-metrics', startVictoriaMetrics, 'prometheus:URL', 'translated'],
    ['victoria-metrics-otlp', startVictoriaMetrics, 'otlp:URL/opentelemetry/v1/metrics?attributes=point', 'plain'],
    [
      'victoria-metrics-otlp',
      startVictoriaMetrics,
      'otlp:URL/opentelemetry/v1/metrics?attributes=point&names=semconv',
      'plain',
    ],
  ] as const) {
    it(`finds numbers in ${name}, filled by ${uri}`, async (context) => {
      await using server = await start(context, name);
      const sink = uri.replace('URL', server.url);
      const at = await deliverTicks(sink);

      const queries = queriesOf(await dashboardOf(sink, received));

      expect(queries.length).toBeGreaterThan(uri.includes('names=prometheus') ? 80 : 250);
      expect(await unanswered(server, queries, at)).toEqual([]);
    }, 90_000);
  }

  it('finds numbers by what dashboards for cAdvisor, kubelets and kube-state-metrics ask, with names=prometheus', async (context) => {
    await using server = await startPrometheus(context, 'prometheus');
    const at = await deliverTicks(`prometheus:${server.url}?names=prometheus`);
    const cadvisor = 'job="kubelet", metrics_path="/metrics/cadvisor", cluster="prod"';
    const asked = [
      `sum by (namespace) (rate(container_cpu_usage_seconds_total{${cadvisor}, image!=""}[5m]))`,
      `sum by (pod) (container_memory_working_set_bytes{${cadvisor}, namespace="shop", container!="", image!=""})`,
      `max by (pod) (container_memory_rss{${cadvisor}, container!=""})`,
      `sum by (namespace) (rate(container_network_receive_bytes_total{${cadvisor}, namespace=~".+"}[5m]))`,
      `sum by (instance) (rate(container_cpu_usage_seconds_total{${cadvisor}, id="/"}[5m]))`,
      `rate(container_pressure_memory_stalled_seconds_total{${cadvisor}, container="app"}[5m])`,
      'sum by (namespace) (kube_pod_container_resource_requests{job="kube-state-metrics", cluster="prod", resource="cpu"})',
      'sum by (resource) (kube_pod_container_resource_limits{job="kube-state-metrics", resource="memory", unit="byte"})',
      'sum by (cluster) (kube_node_status_allocatable{job="kube-state-metrics", resource="cpu"})',
      'increase(kube_pod_container_status_restarts_total{job="kube-state-metrics", namespace="shop"}[5m])',
      'kubelet_volume_stats_available_bytes{job="kubelet", metrics_path="/metrics", persistentvolumeclaim="data-web-0"}' +
        ' / kubelet_volume_stats_capacity_bytes{job="kubelet", metrics_path="/metrics"}',
      'up{job="kubelet", metrics_path="/metrics"}',
    ];

    expect(
      await unanswered(
        server,
        asked.map((text) => ({ title: 'asked', text })),
        at,
      ),
    ).toEqual([]);
  }, 60_000);

  it('finds numbers where VictoriaMetrics translates names of OTLP as Prometheus does', async (context) => {
    const flags = ['-opentelemetry.usePrometheusNaming'];
    await using server = await startVictoriaMetrics(context, 'victoria-metrics-otlp', flags);
    const sink = `otlp:${server.url}/opentelemetry/v1/metrics?attributes=point`;
    const at = await deliverTicks(sink);

    const queries = queriesOf(await dashboardOf(sink, 'translated'));

    expect(await unanswered(server, queries, at)).toEqual([]);
  }, 90_000);

  it('gives the numbers of the batch: a sum over outcomes, a rate of a counter', async (context) => {
    await using server = await startPrometheus(context, 'prometheus');
    const sink = `prometheus:${server.url}`;
    const at = await deliverTicks(sink);
    const queries = queriesOf(await dashboardOf(sink, 'translated'));
    const queryOf = (part: string): string => chosen(queries.find(({ text }) => text.includes(part))?.text ?? '');

    const delivered = await server.query(queryOf('outcome=~"delivered|replayed"'), at);
    const received = await server.query(
      queryOf('rate(heapster_network_interface_rx{type="node"').replaceAll('5m', '2m'),
      at,
    );

    const batch = observedBatch(at, TICKS - 1);
    const points = batch.metrics.find(({ name }) => name === 'heapless/points')?.id ?? -1;
    const first = (points + 1) * 10;
    expect(delivered.map(({ labels, value }) => [labels['sink'], value])).toEqual([['prometheus', 2 * first + 4]]);
    expect(received.map(({ value }) => Math.round(value))).toEqual([100, 100]);
  }, 60_000);

  for (const options of ['', '&withfields=true']) {
    it(`finds numbers in InfluxDB (${options || 'by default'})`, async (context) => {
      await using server = await startInflux(context);
      const sink = `influxdb:${server.url}?db=k8s${options}`;
      const at = await deliverTicks(sink);
      const queries = queriesOf(await dashboardOf(sink, 'translated'));

      const lost: string[] = [];
      for (const { title, text } of queries) {
        const statement = chosen(text)
          .replaceAll('$timeFilter', `time > ${at - 5 * MINUTE}ms AND time <= ${at}ms`)
          .replaceAll('$__interval', '1m');
        const found = await server.query(statement);
        if (!found.some(({ values }) => values.some(([, value]) => typeof value === 'number'))) {
          lost.push(`${title}: ${text}`);
        }
      }

      expect(queries.length).toBeGreaterThan(250);
      expect(lost).toEqual([]);
    }, 90_000);
  }
});
