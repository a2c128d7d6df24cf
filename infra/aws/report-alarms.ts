import { REPORT_RULES, type ReportRule } from '../alarms/report-rules.ts';

const NAMESPACE = 'Heapless/Reports';

/** Alarms on the reports in the tick's log, by metric filters. `sinks` is the number of sinks in the configuration. */
export function reportAlarms(
  prefix: string,
  sinks: number,
  actions: readonly string[],
): Readonly<Record<string, object>> {
  const resources: Record<string, object> = {};
  for (const rule of REPORT_RULES) {
    // A filter knows no "any of": each sink has filters of its own.
    const fields = [
      ...rule.fields,
      ...Array.from({ length: sinks }, (_, sink) => rule.sinkFields.map((field) => `sinks[${sink}].${field}`)).flat(),
    ];
    for (const field of fields) resources[`${logicalId(field)}Filter`] = filterOf(rule, field, prefix);
    resources[`${logicalId(rule.id)}Alarm`] = alarmOf(rule, prefix, actions);
  }
  return resources;
}

function filterOf({ id }: ReportRule, field: string, prefix: string): object {
  return {
    Type: 'AWS::Logs::MetricFilter',
    Properties: {
      LogGroupName: { Ref: 'TickLogGroup' },
      FilterPattern: `{ ($.event = "tick") && ($.report.${field} > 0) }`,
      MetricTransformations: [
        { MetricNamespace: NAMESPACE, MetricName: `${prefix}-${id}`, MetricValue: `$.report.${field}` },
      ],
    },
  };
}

function alarmOf({ id, minutes, description }: ReportRule, prefix: string, actions: readonly string[]): object {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${prefix}-${id}`,
      AlarmDescription: description,
      Namespace: NAMESPACE,
      MetricName: `${prefix}-${id}`,
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: minutes,
      DatapointsToAlarm: minutes,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: actions,
      OKActions: actions,
    },
  };
}

/** `sinks[0].backlog.waiting` → `Sinks0BacklogWaiting`. */
function logicalId(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('');
}
