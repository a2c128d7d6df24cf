import { type AzureMonitorNames, NAMESPACE_SEPARATOR } from '../dashboards/azure-monitor-names.ts';
import { ownLabelKeys } from '../dashboards/panel.ts';
import { lineLabels } from '../dashboards/promql.ts';
import type { AlarmRule } from './alarm-rule.ts';
import { type Watched, watchedSeries } from './watched-series.ts';

/** Windows that an alert may look at, in minutes. */
const WINDOWS = [1, 5, 15, 30, 60] as const;

/**
 * An ARM template of alerts on custom metrics of Azure Monitor.
 * https://learn.microsoft.com/azure/templates/microsoft.insights/metricalerts, 2018-03-01, read 2026-11-28
 */
export interface AzureMetricAlerts {
  readonly $schema: string;
  readonly contentVersion: '1.0.0.0';
  readonly resources: readonly AzureMetricAlert[];
}

export interface AzureMetricAlert {
  readonly type: 'Microsoft.Insights/metricAlerts';
  readonly apiVersion: '2018-03-01';
  readonly name: string;
  readonly location: 'global';
  readonly properties: {
    readonly description: string;
    /** 0 is critical, 4 verbose. */
    readonly severity: 1 | 2;
    readonly enabled: true;
    readonly scopes: readonly string[];
    readonly evaluationFrequency: 'PT1M';
    readonly windowSize: string;
    readonly criteria: {
      readonly 'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria';
      readonly allOf: readonly [
        {
          readonly criterionType: 'StaticThresholdCriterion';
          readonly name: 'watched';
          readonly metricNamespace: string;
          readonly metricName: string;
          readonly operator: 'LessThan' | 'GreaterThan';
          readonly threshold: number;
          readonly timeAggregation: 'Minimum' | 'Maximum';
          readonly dimensions: readonly {
            readonly name: string;
            readonly operator: 'Include';
            readonly values: readonly string[];
          }[];
          /** Custom metrics are not known before the first value. */
          readonly skipMetricValidation: true;
        },
      ];
    };
    readonly autoMitigate: true;
    readonly actions: readonly { readonly actionGroupId: string }[];
  };
}

/**
 * An alert for each bound of which the sink sends something, and for each row of it. It must be broken by every value of the
 * window, the shortest that holds the rule's minutes; a budget of points is one of each sink. Nothing sounds here when no value comes: that is for alerts on the log.
 */
export function azureMetricAlerts(
  rules: readonly AlarmRule[],
  names: AzureMonitorNames,
  { prefix, actionGroups }: { readonly prefix: string; readonly actionGroups: readonly string[] },
): AzureMetricAlerts {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: rules.flatMap((rule) => {
      const watched = watchedSeries(names, rule, false);
      return watched.map((one) => {
        const suffix = watched.length === 1 ? '' : `-${one.bound.metric.split('/')[0]}`;
        return alertOf(rule, one, names, { name: `${prefix}-${rule.id}${suffix}`, actionGroups });
      });
    }),
  };
}

function alertOf(
  rule: AlarmRule,
  { bound, series, panel, threshold }: Watched,
  names: AzureMonitorNames,
  { name, actionGroups }: { readonly name: string; readonly actionGroups: readonly string[] },
): AzureMetricAlert {
  const [metricNamespace = '', metricName = ''] = series.name.split(NAMESPACE_SEPARATOR);
  const values = new Map<string, readonly string[]>(lineLabels(panel, names).map((label) => [label, ['*']]));
  // What is left out would be one value with others: the least of two sinks says nothing of either.
  for (const key of ownLabelKeys(series.metric)) values.set(names.ownLabel(key), ['*']);
  for (const [key, some] of Object.entries(panel.only)) values.set(names.ownLabel(key), some);
  for (const [key, value] of series.labels) values.set(key, [value]);
  const less = bound.comparison === '<';
  return {
    type: 'Microsoft.Insights/metricAlerts',
    apiVersion: '2018-03-01',
    name,
    location: 'global',
    properties: {
      description: `${rule.title}. ${rule.description}`,
      severity: rule.severity === 'critical' ? 1 : 2,
      enabled: true,
      scopes: [names.resourceId],
      evaluationFrequency: 'PT1M',
      windowSize: `PT${WINDOWS.find((minutes) => minutes >= rule.minutes) ?? 60}M`,
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria',
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion',
            name: 'watched',
            metricNamespace,
            metricName,
            operator: less ? 'LessThan' : 'GreaterThan',
            threshold,
            timeAggregation: less ? 'Maximum' : 'Minimum',
            dimensions: [...values].map(([dimension, some]) => ({
              name: dimension,
              operator: 'Include',
              values: some,
            })),
            skipMetricValidation: true,
          },
        ],
      },
      autoMitigate: true,
      actions: actionGroups.map((actionGroupId) => ({ actionGroupId })),
    },
  };
}
