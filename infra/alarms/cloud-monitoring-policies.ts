import { cloudMonitoringQuery } from '../dashboards/cloud-monitoring.ts';
import type { TimeSeriesQuery } from '../dashboards/cloud-monitoring-dashboard.ts';
import type { SeriesNames } from '../dashboards/series.ts';
import type { AlarmRule } from './alarm-rule.ts';
import { type Watched, watchedSeries } from './watched-series.ts';

type Aggregation = TimeSeriesQuery['timeSeriesFilter']['aggregation'];

/** The part of google.monitoring.v3.AlertPolicy that we write, in the JSON of protobuf; a test checks it against the proto. */
export interface AlertPolicy {
  readonly displayName: string;
  readonly documentation: { readonly content: string; readonly mimeType: 'text/markdown' };
  readonly combiner: 'OR';
  readonly conditions: readonly Condition[];
  readonly severity: 'CRITICAL' | 'WARNING';
  readonly notificationChannels: readonly string[];
  readonly userLabels: Readonly<Record<string, string>>;
  readonly alertStrategy: { readonly autoClose: `${number}s` };
}

type Condition =
  | {
      readonly displayName: string;
      readonly conditionThreshold: {
        readonly filter: string;
        readonly aggregations: readonly Aggregation[];
        readonly denominatorFilter?: string;
        readonly denominatorAggregations?: readonly Aggregation[];
        readonly comparison: 'COMPARISON_LT' | 'COMPARISON_GT';
        readonly thresholdValue: number;
        readonly duration: `${number}s`;
        readonly trigger: { readonly count: number };
      };
    }
  | {
      readonly displayName: string;
      readonly conditionAbsent: {
        readonly filter: string;
        readonly aggregations: readonly Aggregation[];
        readonly duration: `${number}s`;
        readonly trigger: { readonly count: number };
      };
    };

/** One policy for each rule of which the sink exports something. */
export function alertPolicies(
  rules: readonly AlarmRule[],
  names: SeriesNames,
  channels: readonly string[],
): readonly AlertPolicy[] {
  return rules.flatMap((rule) => {
    const watched = watchedSeries(names, rule, true);
    const [first] = watched;
    if (first === undefined) return [];
    const conditions = watched.map((one) => thresholdOf(rule, one, names));
    return {
      displayName: `Heapless: ${rule.title}`,
      documentation: { content: rule.description, mimeType: 'text/markdown' as const },
      combiner: 'OR' as const,
      conditions: rule.absent ? [...conditions, absenceOf(rule, first, names)] : conditions,
      severity: rule.severity === 'critical' ? ('CRITICAL' as const) : ('WARNING' as const),
      notificationChannels: channels,
      userLabels: { heapless: rule.id },
      alertStrategy: { autoClose: '1800s' as const },
    };
  });
}

function thresholdOf(rule: AlarmRule, watched: Watched, names: SeriesNames): Condition {
  const { bound, series, divisor, panel, threshold } = watched;
  const { filter, aggregation } = cloudMonitoringQuery(panel, series, names).timeSeriesFilter;
  const below = divisor === undefined ? undefined : cloudMonitoringQuery(panel, divisor, names).timeSeriesFilter;
  return {
    displayName: `${bound.metric} ${bound.comparison} ${bound.threshold}`,
    conditionThreshold: {
      filter,
      aggregations: [aggregation],
      ...(below === undefined ? {} : { denominatorFilter: below.filter, denominatorAggregations: [below.aggregation] }),
      comparison: bound.comparison === '<' ? 'COMPARISON_LT' : 'COMPARISON_GT',
      thresholdValue: threshold,
      duration: `${rule.minutes * 60}s`,
      trigger: { count: 1 },
    },
  };
}

function absenceOf(rule: AlarmRule, { bound, series, panel }: Watched, names: SeriesNames): Condition {
  const { filter, aggregation } = cloudMonitoringQuery(panel, series, names).timeSeriesFilter;
  return {
    displayName: `${bound.metric} is absent`,
    conditionAbsent: {
      filter,
      aggregations: [aggregation],
      duration: `${Math.max(rule.minutes, 5) * 60}s`,
      trigger: { count: 1 },
    },
  };
}
