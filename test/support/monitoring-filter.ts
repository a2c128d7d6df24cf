import type { StackdriverSettings } from '../../shared/sinks/stackdriver/settings.ts';
import { observedBatch } from './observed-batch.ts';
import { encodeBatch } from './time-series.ts';

/** A query of Cloud Monitoring: its filter, and the labels that lines are told apart by. */
export interface MonitoringQuery {
  readonly filter: string;
  readonly groupBy: readonly string[];
}

/** Every series that a `stackdriver:` sink sends of a batch with everything in it, by the terms of filters. */
export function sentSeries(settings: Partial<StackdriverSettings>): readonly Readonly<Record<string, string>>[] {
  return encodeBatch(observedBatch(), settings).series.map((series) => ({
    'metric.type': series.type,
    'resource.type': series.resource,
    ...labelled('metric.label.', series.metricLabels),
    ...labelled('resource.label.', series.resourceLabels),
  }));
}

/** The queries that find nothing in what is sent. */
export function lostQueries<T extends MonitoringQuery>(
  queries: readonly T[],
  sent: readonly Readonly<Record<string, string>>[],
): readonly T[] {
  return queries.filter(({ filter, groupBy }) => {
    const terms = filter.split(' AND ').map(readTerm);
    return !sent.some(
      (series) =>
        terms.every(([key, values]) => values.includes(series[key] ?? '')) &&
        groupBy.every((label) => series[label] !== undefined),
    );
  });
}

function labelled(prefix: string, labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [`${prefix}${key}`, value]));
}

/** `key="value"` or `key=one_of("a","b")`. */
function readTerm(text: string): readonly [key: string, values: readonly string[]] {
  const at = text.indexOf('=');
  return [text.slice(0, at), [...text.slice(at + 1).matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '')];
}
