/** Numbers that a tick's report has of a sink, in the line that the function logs. */
const LOSSES = ['dropped', 'rejected', 'backlog.rejected', 'backlog.expired'] as const;
const NAMESPACE = 'Heapless/Reports';
const WAIT_MINUTES = 15;
const NODE_MINUTES = 3;

/**
 * Alarms on the reports in the tick's log, which are there whatever the sinks are, and also when the sink that would carry the
 * numbers is the one that fails: points that are lost, and points that wait for a backend without an end.
 * `sinks` is the number of sinks in the configuration.
 */
export function reportAlarms(
  prefix: string,
  sinks: number,
  actions: readonly string[],
): Readonly<Record<string, object>> {
  const resources: Record<string, object> = {};
  const filter = (id: string, metric: string, field: string): void => {
    resources[id] = {
      Type: 'AWS::Logs::MetricFilter',
      Properties: {
        LogGroupName: { Ref: 'TickLogGroup' },
        FilterPattern: `{ ($.event = "tick") && ($.report.${field} > 0) }`,
        MetricTransformations: [
          { MetricNamespace: NAMESPACE, MetricName: `${prefix}-${metric}`, MetricValue: `$.report.${field}` },
        ],
      },
    };
  };
  for (const outcome of ['failed', 'late'])
    filter(`${outcome === 'late' ? 'Late' : 'Failed'}NodesFilter`, 'nodes-down', `nodes.${outcome}`);
  for (let sink = 0; sink < sinks; sink++) {
    for (const loss of LOSSES) {
      const word = loss.replaceAll(/(?:^|\.)(.)/g, (_, letter: string) => letter.toUpperCase());
      filter(`${word}Filter${sink}`, 'lost-points', `sinks[${sink}].${loss}`);
    }
    filter(`WaitingFilter${sink}`, 'waiting-points', `sinks[${sink}].backlog.waiting`);
  }
  const alarm = (name: string, metric: string, minutes: number, description: string): object => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${prefix}-${name}`,
      AlarmDescription: description,
      Namespace: NAMESPACE,
      MetricName: `${prefix}-${metric}`,
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
  });
  resources['NodesDownAlarm'] = alarm(
    'nodes-down',
    'nodes-down',
    NODE_MINUTES,
    `For ${NODE_MINUTES} minutes a node has not answered. The reports in the tick’s log have the reasons with their counts.`,
  );
  resources['LostPointsAlarm'] = alarm(
    'lost-points',
    'lost-points',
    2,
    'Points were refused, not taken in time or given up. The reports in the tick’s log have the reasons with their counts.',
  );
  resources['WaitingPointsAlarm'] = alarm(
    'waiting-points',
    'waiting-points',
    WAIT_MINUTES,
    `For ${WAIT_MINUTES} minutes points have waited for a backend: it is away or too slow. What grows too old is given up.`,
  );
  return resources;
}
