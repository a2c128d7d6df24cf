import type { AlertPolicy } from '../alarms/cloud-monitoring-policies.ts';
import { REPORT_RULES } from '../alarms/report-rules.ts';

/**
 * A metric of Cloud Logging that counts lines: google.logging.v2.LogMetric as JSON.
 * https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.metrics, read 2026-11-28
 */
export interface LogMetric {
  readonly name: string;
  readonly description: string;
  readonly filter: string;
  readonly metricDescriptor: { readonly metricKind: 'DELTA'; readonly valueType: 'INT64' };
}

type Condition = AlertPolicy['conditions'][number];
type Aggregation = Extract<Condition, { readonly conditionAbsent: unknown }>['conditionAbsent']['aggregations'][number];

/** Requests by the answer's class. https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-run, read 2026-11-28 */
const REQUESTS = 'run.googleapis.com/request_count';
const FAILED_MINUTES = 3;
const OF_MINUTES = 5;
const SILENT_MINUTES = 10;

/** Metrics that count the reports of the tick which the rules on reports mean. `name` begins the names of all resources. */
export function logMetrics(name: string): readonly LogMetric[] {
  return REPORT_RULES.map(({ id, title, fields, sinkFields }) => {
    // A comparison with a field of a list is true if it is of any element.
    // https://cloud.google.com/logging/docs/view/logging-query-language, read 2026-11-28
    const paths = [...fields, ...sinkFields.map((field) => `sinks.${field}`)];
    const any = paths.map((path) => `jsonPayload.report.${path}>0`).join(' OR ');
    const tick = `resource.type="cloud_run_revision" AND resource.labels.service_name="${name}-tick"`;
    return {
      name: `${name}-${id}`,
      description: `Reports of Heapless: ${title}.`,
      filter: `${tick} AND jsonPayload.event="tick" AND (${any})`,
      metricDescriptor: { metricKind: 'DELTA', valueType: 'INT64' },
    };
  });
}

/**
 * Policies that a deployment has whatever its sinks are, also when the sink that would carry the numbers is the one that fails:
 * ticks that fail, ticks that do not come, and the rules on reports.
 */
export function deploymentPolicies(name: string, channels: readonly string[]): readonly AlertPolicy[] {
  const service = `resource.type="cloud_run_revision" AND resource.label.service_name="${name}-tick"`;
  const requests = `metric.type="${REQUESTS}" AND ${service}`;
  const failed = {
    displayName: `${FAILED_MINUTES} of ${OF_MINUTES} runs failed`,
    conditionThreshold: {
      filter: `${requests} AND metric.label.response_code_class="5xx"`,
      aggregations: [counted(OF_MINUTES)],
      comparison: 'COMPARISON_GT',
      thresholdValue: FAILED_MINUTES - 1,
      duration: '0s',
      trigger: { count: 1 },
    },
  } as const;
  const missing = {
    displayName: `no run for ${SILENT_MINUTES} minutes`,
    conditionAbsent: {
      filter: requests,
      aggregations: [counted(1)],
      duration: `${SILENT_MINUTES * 60}s`,
      trigger: { count: 1 },
    },
  } as const;
  const reported = REPORT_RULES.map(({ id, title, description, minutes }) =>
    policy(id, title, description, {
      displayName: `reports for ${minutes} minutes`,
      conditionThreshold: {
        filter: `metric.type="logging.googleapis.com/user/${name}-${id}" AND ${service}`,
        aggregations: [counted(1)],
        comparison: 'COMPARISON_GT',
        thresholdValue: 0,
        // The first minute counts when it has ended.
        duration: `${(minutes - 1) * 60}s`,
        trigger: { count: 1 },
      },
    }),
  );
  return [
    policy(
      'failed-ticks',
      'Minutes are lost',
      'Ticks fail. The log of the tick has a line function_failed with the reason for each.',
      failed,
    ),
    policy(
      'missing-ticks',
      'The tick does not run',
      'Nobody has started the tick for ten minutes. Look at the job of Cloud Scheduler and at its account.',
      missing,
    ),
    ...reported,
  ].map((one) => ({ ...one, notificationChannels: channels }));
}

/** How many there were in so many minutes. */
function counted(minutes: number): Aggregation {
  return {
    alignmentPeriod: `${minutes * 60}s`,
    perSeriesAligner: 'ALIGN_DELTA',
    crossSeriesReducer: 'REDUCE_SUM',
    groupByFields: [],
  };
}

function policy(id: string, title: string, content: string, condition: Condition): AlertPolicy {
  return {
    displayName: `Heapless: ${title}`,
    documentation: { content, mimeType: 'text/markdown' },
    combiner: 'OR',
    conditions: [condition],
    severity: id === 'waiting-points' ? 'WARNING' : 'CRITICAL',
    notificationChannels: [],
    userLabels: { heapless: id },
    alertStrategy: { autoClose: '1800s' },
  };
}
