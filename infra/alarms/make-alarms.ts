import { azureMonitorNames } from '../dashboards/azure-monitor-names.ts';
import { cloudWatchTarget } from '../dashboards/cloudwatch-target.ts';
import { type ConsoleRequest, checkSink, grafanaLanguage } from '../dashboards/consoles.ts';
import { stackdriverNames } from '../dashboards/stackdriver-names.ts';
import type { AlarmRule } from './alarm-rule.ts';
import { azureMetricAlerts } from './azure-metric-alerts.ts';
import { azureRuleGroup } from './azure-rule-group.ts';
import { alertPolicies } from './cloud-monitoring-policies.ts';
import { cloudWatchAlarms } from './cloudwatch-alarms.ts';
import { grafanaAlerts } from './grafana-alerts.ts';
import { prometheusRules } from './prometheus-rules.ts';

/** What evaluates alarms. */
export const ALARM_ENGINES = ['cloudwatch', 'gcm', 'azure', 'prometheus', 'grafana'] as const;
export type AlarmEngine = (typeof ALARM_ENGINES)[number];

/** Keys of the sinks whose values an engine sees, the usual one first. */
export const SINKS_OF_ENGINE: Readonly<Record<AlarmEngine, readonly string[]>> = {
  cloudwatch: ['cloudwatch'],
  gcm: ['stackdriver', 'gcm'],
  azure: ['prometheus', 'otlp', 'azuremonitor'],
  prometheus: ['prometheus', 'otlp'],
  grafana: ['prometheus', 'otlp', 'influxdb'],
};

export interface AlarmRequest extends ConsoleRequest {
  readonly rules: readonly AlarmRule[];
  /** Who is told: ARNs of topics, notification channels; as the engine names them. */
  readonly notify: readonly string[];
  /** What stands before names: `heapless-prod`. */
  readonly prefix: string;
  /** Uid of Grafana's data source. */
  readonly datasource: string;
}

/** Alarms in the form that an engine takes, as an object to print. Throws `ConfigError` for a sink that it does not see. */
export async function makeAlarms(engine: AlarmEngine, request: AlarmRequest): Promise<object> {
  const { rules, sink, groupings, functions, notify, prefix } = request;
  checkSink(engine, sink, SINKS_OF_ENGINE[engine]);
  switch (engine) {
    case 'cloudwatch': {
      const target = await cloudWatchTarget(sink, groupings, functions);
      return {
        AWSTemplateFormatVersion: '2010-09-09',
        Description: 'Alarms of Heapless, made by heapless alarms.',
        Resources: cloudWatchAlarms(rules, target, { prefix, actions: notify }),
      };
    }
    case 'gcm':
      return alertPolicies(rules, await stackdriverNames(sink), notify);
    case 'azure': {
      if (sink.key === 'azuremonitor') {
        return azureMetricAlerts(rules, await azureMonitorNames(sink, groupings), { prefix, actionGroups: notify });
      }
      const { names } = await grafanaLanguage(request);
      return azureRuleGroup(rules, names, { prefix, actionGroups: notify });
    }
    case 'prometheus':
      return prometheusRules(rules, (await grafanaLanguage(request)).names);
    case 'grafana':
      return grafanaAlerts(rules, await grafanaLanguage(request), request.datasource);
  }
}
