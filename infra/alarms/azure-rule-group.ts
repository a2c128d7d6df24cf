import type { SeriesNames } from '../dashboards/series.ts';
import type { AlarmRule } from './alarm-rule.ts';
import { prometheusRules } from './prometheus-rules.ts';

/**
 * An ARM template with the rules for an Azure Monitor workspace, which evaluates PromQL.
 * https://learn.microsoft.com/azure/templates/microsoft.alertsmanagement/prometheusrulegroups, 2023-03-01, read 2026-11-24
 */
export interface AzureRuleGroup {
  readonly $schema: string;
  readonly contentVersion: '1.0.0.0';
  readonly parameters: Readonly<Record<string, { readonly type: string; readonly defaultValue?: string }>>;
  readonly resources: readonly [
    {
      readonly type: 'Microsoft.AlertsManagement/prometheusRuleGroups';
      readonly apiVersion: '2023-03-01';
      readonly name: string;
      readonly location: string;
      readonly properties: {
        readonly description: string;
        readonly enabled: true;
        readonly interval: 'PT1M';
        readonly scopes: readonly string[];
        readonly rules: readonly AzureRule[];
      };
    },
  ];
}

interface AzureRule {
  readonly alert: string;
  readonly enabled: true;
  readonly expression: string;
  readonly for: string;
  /** 0 is critical, 4 verbose. */
  readonly severity: 1 | 2;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly actions: readonly { readonly actionGroupId: string }[];
  readonly resolveConfiguration: { readonly autoResolved: true; readonly timeToResolve: 'PT10M' };
}

/** The same rules as Prometheus's. The workspace is a parameter of the template; `actionGroups` are ids of who is told. */
export function azureRuleGroup(
  rules: readonly AlarmRule[],
  names: SeriesNames,
  { prefix, actionGroups }: { readonly prefix: string; readonly actionGroups: readonly string[] },
): AzureRuleGroup {
  const [group] = prometheusRules(rules, names).groups;
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: {
      workspaceId: { type: 'string' },
      location: { type: 'string', defaultValue: '[resourceGroup().location]' },
    },
    resources: [
      {
        type: 'Microsoft.AlertsManagement/prometheusRuleGroups',
        apiVersion: '2023-03-01',
        name: `${prefix}-alarms`,
        location: "[parameters('location')]",
        properties: {
          description: 'Alarms of Heapless, made by heapless alarms.',
          enabled: true,
          interval: 'PT1M',
          scopes: ["[parameters('workspaceId')]"],
          rules: (group?.rules ?? []).map(({ alert, expr, for: lasting, labels, annotations }) => ({
            alert,
            enabled: true,
            expression: expr,
            for: `PT${lasting.toUpperCase()}`,
            severity: labels['severity'] === 'critical' ? 1 : 2,
            labels,
            annotations: { ...annotations },
            actions: actionGroups.map((actionGroupId) => ({ actionGroupId })),
            resolveConfiguration: { autoResolved: true, timeToResolve: 'PT10M' },
          })),
        },
      },
    ],
  };
}
