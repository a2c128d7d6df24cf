import type { ComponentUri } from '../../config/config.ts';
import { SinkError } from '../../core/errors.ts';
import { withQuota } from '../quota-options.ts';
import { toSelection } from '../selection.ts';
import type { SendOutcome, Sink, SinkContext } from '../sink.ts';
import { classifyFailure } from './classify.ts';
import { createMonitoringClient } from './client.ts';
import { encodeTimeSeries } from './encode.ts';
import { BACKLOG_AGE, MAX_BODY_BYTES, MAX_SERIES, QUOTA } from './limits.ts';
import { GOOGLE_PREFIX, isUsual, seriesOf } from './mapping.ts';
import type { StackdriverOptions } from './options.ts';
import { loadTimeSeries, saveTimeSeries, type TimeSeriesRequest } from './request.ts';
import type { ModelName, StackdriverSettings } from './settings.ts';

/** What stands for a place that nobody named; the API has it as a location. */
const NOWHERE = 'global';

export async function openStackdriver(
  options: StackdriverOptions,
  uri: ComponentUri,
  context: SinkContext,
): Promise<Sink<TimeSeriesRequest>> {
  const { endpoint, concurrency, cluster_location: location, zone, metric_prefix: prefix } = options;
  const models: readonly ModelName[] = [
    ...(options.use_old_resources ? (['old'] as const) : []),
    ...(options.use_new_resources ? (['new'] as const) : []),
  ];
  const settings: StackdriverSettings = {
    models,
    prefix,
    clusterName: options.cluster_name,
    location: location ?? zone ?? NOWHERE,
    zone: zone ?? location ?? NOWHERE,
  };
  for (const notice of noticesOf(options)) context.notice({ where: `sink ${uri.key}`, notice });
  const client = await createMonitoringClient({
    project: options.project,
    endpoint: endpoint === undefined ? undefined : new URL(endpoint),
    compression: options.compression,
    requestTimeout: options.request_timeout_sec,
  });
  const named = namesMetrics(uri);
  return {
    name: uri.key,
    shown: uri.shown,
    limits: withQuota(
      { maxPoints: MAX_SERIES / Math.max(1, models.length), maxBytes: MAX_BODY_BYTES, concurrency },
      options,
      QUOTA,
    ),
    selection: toSelection(options, {
      exports: (metric, level) =>
        (named || isUsual(metric, level, models)) &&
        [...models, ...(models.length === 0 ? (['new'] as const) : [])].some(
          (model) => seriesOf(metric, level, model, settings) !== undefined,
        ),
    }),
    minInterval: options.min_interval_sec,
    exportTimeout: options.batch_export_timeout_sec,
    initialDelay: options.initial_delay_sec,
    encode: (batch, reject) => encodeTimeSeries(batch, settings, reject),
    async send(request, signal): Promise<SendOutcome> {
      try {
        await client.createTimeSeries(request.body, signal);
        return { status: 'delivered' };
      } catch (error) {
        if (signal.aborted && !(error instanceof SinkError)) {
          return { status: 'retryable', cause: error, ambiguous: true };
        }
        return classifyFailure(error, { points: request.points, project: client.project ?? '(unknown)' });
      }
    },
    backlog: { maxAge: BACKLOG_AGE, ordered: true, save: saveTimeSeries, load: loadTimeSeries },
    close: () => client.close(),
  };
}

/** True if `metrics=` says what is wanted, and not only what is not. */
function namesMetrics(uri: ComponentUri): boolean {
  const globs = (uri.options.get('metrics') ?? []).flatMap((text) => text.split(','));
  return globs.some((glob) => glob.trim() !== '' && !glob.trim().startsWith('!'));
}

function noticesOf(options: StackdriverOptions): readonly string[] {
  const notices: string[] = [];
  if (options.cluster_location === undefined && options.zone === undefined) {
    notices.push(`neither cluster_location= nor zone= is given: resources get the location ${NOWHERE}`);
  }
  if (options.metric_prefix === GOOGLE_PREFIX) {
    notices.push(
      'metric_prefix=google writes into container.googleapis.com/ and kubernetes.io/, which Google keeps for itself: it may ' +
        'refuse the values, and on GKE its own agent writes the same series',
    );
  }
  return notices;
}
