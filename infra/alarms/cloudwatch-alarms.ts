import type { Level } from '../../shared/core/level.ts';
import { metricByKey } from '../../shared/core/metrics.ts';
import { conditionText, schemaText } from '../dashboards/cloudwatch-queries.ts';
import type { DashboardTarget } from '../dashboards/dashboard-target.ts';
import { ownLabelKeys } from '../dashboards/panel.ts';
import type { AlarmRule, Bound } from './alarm-rule.ts';
import { alertName } from './prometheus-rules.ts';

/** A resource of CloudFormation: one alarm. */
export interface CloudWatchAlarm {
  readonly Type: 'AWS::CloudWatch::Alarm';
  readonly Properties: {
    readonly AlarmName: string;
    readonly AlarmDescription: string;
    readonly Metrics: readonly [
      { readonly Id: string; readonly Expression: string; readonly Period: 60; readonly ReturnData: true },
    ];
    readonly EvaluationPeriods: number;
    readonly DatapointsToAlarm: number;
    readonly Threshold: number;
    readonly ComparisonOperator: 'LessThanThreshold' | 'GreaterThanThreshold';
    readonly TreatMissingData: 'breaching' | 'notBreaching';
    readonly AlarmActions: readonly string[];
    readonly OKActions: readonly string[];
  };
}

export interface CloudWatchAlarmsOptions {
  /** What stands before the alarms' names: `heapless-prod`. */
  readonly prefix: string;
  readonly actions: readonly string[];
}

/**
 * Alarms as CloudFormation resources, by logical id. Each watches the worst row by a query of Metrics Insights, so that new rows
 * are in it; its price is by the metrics that the query analyzes. What the sink does not export has none. Such a query looks at
 * one value of a label, so that losses are an alarm for each outcome.
 */
export function cloudWatchAlarms(
  rules: readonly AlarmRule[],
  target: DashboardTarget,
  options: CloudWatchAlarmsOptions,
): Readonly<Record<string, CloudWatchAlarm>> {
  const alarms: Record<string, CloudWatchAlarm> = {};
  for (const rule of rules) {
    const queries = queriesOf(rule, target);
    for (const { suffix, bound, query } of queries) {
      const name = queries.length === 1 ? rule.id : `${rule.id}-${suffix}`;
      alarms[`${alertName(name)}Alarm`] = alarmOf(rule, bound, query, name, options);
    }
  }
  return alarms;
}

interface Query {
  readonly suffix: string;
  readonly bound: Bound;
  readonly query: string;
}

function queriesOf(rule: AlarmRule, target: DashboardTarget): readonly Query[] {
  const bounds = rule.undivided ?? rule.bounds;
  for (const level of rule.levels) {
    const exported = bounds.filter(({ metric: key }) => {
      const metric = metricByKey(key);
      return metric.levels.includes(level) && target.exports(metric, level);
    });
    if (exported.length > 0) return exported.flatMap((bound) => ofBound(rule, bound, level, target));
  }
  return [];
}

function ofBound(rule: AlarmRule, bound: Bound, level: Level, target: DashboardTarget): readonly Query[] {
  const metric = metricByKey(bound.metric);
  const name = target.nameOf(metric, level);
  if (name === undefined) return [];
  const reducer = bound.comparison === '<' ? 'MIN' : 'MAX';
  const fixed = target.labelsOf(metric, level);
  const own = fixed.map(([key]) => key);
  const family = bound.metric.split('/')[0] ?? '';
  const [label] = Object.keys(rule.only);
  const keys = [...own, ...ownLabelKeys(metric)];
  const schema = schemaText(target, [...target.dimensions(level), ...keys.map(target.dimensionOf)]);
  const choices = label === undefined ? [undefined] : (rule.only[label] ?? []);
  return choices.map((choice) => {
    const conditions = [
      ...fixed,
      ...(choice === undefined || label === undefined ? [] : [[label, choice] as const]),
    ].map(([key, value]) => conditionText(target.dimensionOf(key), value));
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    return {
      suffix: choice ?? family,
      bound: { ...bound, threshold: bound.threshold * target.scaleOf(metric, level) },
      query: `SELECT ${reducer}(${JSON.stringify(name)}) FROM ${schema}${where}`,
    };
  });
}

function alarmOf(
  rule: AlarmRule,
  bound: Bound,
  query: string,
  name: string,
  { prefix, actions }: CloudWatchAlarmsOptions,
): CloudWatchAlarm {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${prefix}-${name}`,
      AlarmDescription: `${rule.title}. ${rule.description}`,
      Metrics: [{ Id: 'worst', Expression: query, Period: 60, ReturnData: true }],
      EvaluationPeriods: rule.minutes,
      DatapointsToAlarm: rule.minutes,
      Threshold: bound.threshold,
      ComparisonOperator: bound.comparison === '<' ? 'LessThanThreshold' : 'GreaterThanThreshold',
      TreatMissingData: rule.absent ? 'breaching' : 'notBreaching',
      AlarmActions: actions,
      OKActions: actions,
    },
  };
}
