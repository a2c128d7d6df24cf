import type { MetricBatch } from '../../shared/core/batch.ts';
import { encodeTimeSeries } from '../../shared/sinks/stackdriver/encode.ts';
import type { TimeSeriesRequest } from '../../shared/sinks/stackdriver/request.ts';
import type { StackdriverSettings } from '../../shared/sinks/stackdriver/settings.ts';
import type { GivenSeries } from '../sim/monitoring-rules.ts';
import { loadMetricService, readSeries } from '../sim/monitoring-server.ts';

interface Message {
  readonly timeSeries: readonly Parameters<typeof readSeries>[0][];
}

const METHOD = loadMetricService()['CreateTimeSeries'];

export const STACKDRIVER: StackdriverSettings = {
  models: ['new'],
  prefix: 'custom.googleapis.com/heapster/',
  clusterName: undefined,
  location: 'europe-west1',
  zone: 'europe-west1-b',
};

/** The series of a request, read by the client's own protos. */
export function seriesIn({ body }: Pick<TimeSeriesRequest, 'body'>): readonly GivenSeries[] {
  const { timeSeries = [] } = (METHOD?.requestDeserialize(body) ?? {}) as Partial<Message>;
  return timeSeries.map(readSeries);
}

/** A batch encoded, with the series read back, and what was rejected by reason. */
export function encodeBatch(
  batch: MetricBatch,
  settings: Partial<StackdriverSettings> = {},
): {
  readonly requests: readonly TimeSeriesRequest[];
  readonly series: readonly GivenSeries[];
  readonly rejected: Readonly<Record<string, number>>;
} {
  const rejected: Record<string, number> = {};
  const requests = [
    ...encodeTimeSeries(batch, { ...STACKDRIVER, ...settings }, ({ points, reason }) => {
      rejected[reason] = (rejected[reason] ?? 0) + points;
    }),
  ];
  return { requests, series: requests.flatMap(seriesIn), rejected };
}
