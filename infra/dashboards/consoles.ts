import type { ComponentUri, Config } from '../../shared/config/config.ts';
import { parseUri } from '../../shared/config/uri.ts';
import { ConfigError } from '../../shared/core/errors.ts';
import { azureMonitorNames } from './azure-monitor-names.ts';
import { cloudMonitoringDashboard } from './cloud-monitoring.ts';
import { cloudWatchDashboard } from './cloudwatch.ts';
import { cloudWatchTarget } from './cloudwatch-target.ts';
import type { DashboardTarget } from './dashboard-target.ts';
import { grafanaDashboardOf } from './grafana.ts';
import { grafanaAzureMonitor } from './grafana-azure-monitor.ts';
import { grafanaInfluxql } from './grafana-influxql.ts';
import type { GrafanaLanguage } from './grafana-language.ts';
import { grafanaPromql } from './grafana-promql.ts';
import { influxNames } from './influx-names.ts';
import { type OtlpNames, otlpNames } from './otlp-names.ts';
import { prometheusNames } from './prometheus-names.ts';
import { stackdriverNames } from './stackdriver-names.ts';
import type { View } from './view.ts';

/** Where dashboards are looked at. */
export const CONSOLES = ['cloudwatch', 'gcm', 'azure', 'grafana'] as const;
export type ConsoleName = (typeof CONSOLES)[number];

/** Keys of the sinks that a console can show, the usual one first. */
export const SINKS_OF: Readonly<Record<ConsoleName, readonly string[]>> = {
  cloudwatch: ['cloudwatch'],
  gcm: ['stackdriver', 'gcm'],
  azure: ['prometheus', 'otlp', 'azuremonitor'],
  grafana: ['prometheus', 'otlp', 'influxdb', 'azuremonitor'],
};

/** What a dashboard or alarms are asked for. */
export interface ConsoleRequest {
  /** The sink as it is, or will be, configured. */
  readonly sink: ComponentUri;
  readonly groupings: Config['groupings'];
  /** What the receiver of an `otlp:` sink makes of names. */
  readonly received: OtlpNames;
  /** The functions that are shown beside, and where they and the metrics are. */
  readonly functions: DashboardTarget['functions'];
}

/** The dashboard of some views for a console, as an object to print. Throws `ConfigError` for what cannot be shown there. */
export async function makeDashboard(
  console: ConsoleName,
  views: readonly View[],
  request: ConsoleRequest,
): Promise<object> {
  checkSink(console, request.sink, SINKS_OF[console]);
  switch (console) {
    case 'cloudwatch':
      return cloudWatchDashboard(await cloudWatchTarget(request.sink, request.groupings, request.functions), views);
    case 'gcm':
      return cloudMonitoringDashboard(views, await stackdriverNames(request.sink));
    // The portal and the managed Grafana show a Monitor workspace, and custom metrics, by Grafana's own dashboards.
    case 'azure':
    case 'grafana':
      return grafanaDashboardOf(views, await grafanaLanguage(request));
  }
}

/** How Grafana asks for what a sink has sent. */
export async function grafanaLanguage({ sink, received, groupings }: ConsoleRequest): Promise<GrafanaLanguage> {
  if (sink.key === 'azuremonitor') return grafanaAzureMonitor(await azureMonitorNames(sink, groupings));
  if (sink.key === 'influxdb') return grafanaInfluxql(await influxNames(sink));
  return grafanaPromql(sink.key === 'otlp' ? await otlpNames(sink, received) : await prometheusNames(sink));
}

/**
 * The sink to make a dashboard for: the configured one that the console can show; with none configured, the console's usual one
 * without options. `names` stands in place of the sink's option. Throws `ConfigError` if the console shows none of them.
 */
export function sinkFor(
  console: string,
  keys: readonly string[],
  configured: readonly ComponentUri[],
  names: string | undefined,
): ComponentUri {
  const found = configured.find(({ key }) => keys.includes(key));
  const [other] = configured;
  if (found === undefined && other !== undefined) checkSink(console, other, keys);
  const [usual = ''] = keys;
  const sink = found ?? parseUri(`${usual}:`, {});
  return names === undefined ? sink : { ...sink, options: new Map([...sink.options, ['names', [names]]]) };
}

/** Throws `ConfigError` unless the console sees what such a sink sends. */
export function checkSink(console: string, { key }: ComponentUri, keys: readonly string[]): void {
  if (keys.includes(key)) return;
  const problem = `cannot be shown by ${console}, which shows ${keys.map((one) => `${one}:`).join(', ')}`;
  throw new ConfigError([{ where: `sink ${key}`, problem }]);
}
