import type { ComponentUri } from '../../shared/config/config.ts';
import { parseUri } from '../../shared/config/uri.ts';
import { DEFAULT_BOUNDS } from '../alarms/alarm-rule.ts';
import { alarmRules } from '../alarms/alarm-rules.ts';
import { type AlertPolicy, alertPolicies } from '../alarms/cloud-monitoring-policies.ts';
import { cloudMonitoringDashboard } from '../dashboards/cloud-monitoring.ts';
import type { CloudMonitoringDashboard } from '../dashboards/cloud-monitoring-dashboard.ts';
import { stackdriverNames } from '../dashboards/stackdriver-names.ts';
import type { ViewId } from '../dashboards/view.ts';
import { VIEWS } from '../dashboards/views.ts';
import { deploymentPolicies, type LogMetric, logMetrics } from './deployment-alarms.ts';

/** What Cloud Monitoring watches and shows of a deployment. */
export interface Monitoring {
  readonly metrics: readonly LogMetric[];
  /** On the functions themselves, whatever the sinks are. */
  readonly deployment: readonly AlertPolicy[];
  /** On what a `stackdriver:` sink sends; empty without one. */
  readonly alarms: readonly AlertPolicy[];
  readonly dashboards: ReadonlyMap<ViewId, CloudMonitoringDashboard>;
}

export interface MonitoringRequest {
  /** What begins the names of all resources. */
  readonly name: string;
  /** The `stackdriver:` sink as it is configured; undefined = there is none. */
  readonly sink: ComponentUri | undefined;
  /** Who is told: ids of notification channels. */
  readonly channels: readonly string[];
  /** Most points that a tick may deliver; undefined = no alarm on it. */
  readonly budgetPoints: number | undefined;
}

/** Makes it. Throws `ConfigError` if the sink's options are bad. */
export async function makeMonitoring({ name, sink, channels, budgetPoints }: MonitoringRequest): Promise<Monitoring> {
  const own = { metrics: logMetrics(name), deployment: deploymentPolicies(name, channels) };
  if (sink === undefined) return { ...own, alarms: [], dashboards: new Map() };
  const names = await stackdriverNames(sink);
  const drawn = VIEWS.map((view) => [view.id, cloudMonitoringDashboard([view], names)] as const);
  return {
    ...own,
    alarms: alertPolicies(alarmRules({ ...DEFAULT_BOUNDS, budgetPoints }), names, channels),
    dashboards: new Map(drawn.filter(([, { mosaicLayout }]) => mosaicLayout.tiles.length > 0)),
  };
}

/** The sink whose every value the files for Terraform show: what a narrower one does not send stays empty. */
const EVERYTHING = 'stackdriver:?levels=*&metrics=*&use_new_resources=true';
/** Terraform puts its `name` in this place. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a template of Terraform
const NAME = '${name}';
/** A threshold that nothing reaches, in whose place Terraform puts the budget. */
const NO_BUDGET = Number.MAX_SAFE_INTEGER;

/** The files that monitoring.tf reads: path from the root → text. */
export async function terraformFiles(): Promise<readonly (readonly [path: string, text: string])[]> {
  const sink = parseUri(EVERYTHING, {});
  const made = await makeMonitoring({ name: NAME, sink, channels: [], budgetPoints: NO_BUDGET });
  const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  const folder = 'infra/gcp/monitoring';
  return [
    [`${folder}/alarms.json`, json(made.alarms)],
    [`${folder}/deployment-alarms.json`, json(made.deployment)],
    [`${folder}/log-metrics.json`, json(made.metrics)],
    // Thousands of lines that nobody reads: one line each.
    ...[...made.dashboards].map(
      ([view, dashboard]) => [`${folder}/dashboard-${view}.json`, `${JSON.stringify(dashboard)}\n`] as const,
    ),
  ];
}
