/**
 * `cloudwatch:` publishes to Amazon CloudWatch as custom metrics (PutMetricData).
 *
 *     cloudwatch:
 *     cloudwatch:?region=eu-west-1&namespace=Heapless&levels=cluster,node
 *     cloudwatch:?levels=pod&metrics=cpu/usage_rate&dimensions=pod:ClusterName,Namespace,WorkloadName
 *     cloudwatch:?mode=emf     as lines of the function's log, in the embedded metric format (emf.ts)
 *
 * Limits (limits.ts has the links): 1,000 datums and 1 MB in a request, 30 dimensions, ASCII names and values, 150 different
 * numbers in a datum, two weeks back to two hours ahead, all or nothing per request; 500 requests a second. Permission: cloudwatch:PutMetricData.
 *
 * CloudWatch adds up what it gets twice. Average, Minimum and Maximum of a single value do not notice; Sum and SampleCount
 * do. So requests of single values count as idempotent, requests with statistic sets or merged values do not.
 */
import { SinkError } from '../../core/errors.ts';
import { METRICS } from '../../core/metrics.ts';
import { loadDialect } from '../../dialects/registry.ts';
import { defineSink } from '../define-sink.ts';
import { withQuota } from '../quota-options.ts';
import { toSelection } from '../selection.ts';
import type { SendOutcome, Sink } from '../sink.ts';
import { BACKLOG } from './backlog.ts';
import { checkCloudWatch } from './check.ts';
import { classifyError } from './classify.ts';
import { createMetricDataClient } from './client.ts';
import { collidingLevels } from './dimension-rules.ts';
import { openEmf } from './emf.ts';
import { encodeMetricData } from './encode.ts';
import { MAX_BODY_BYTES, MAX_DATUMS, MAX_UNIQUE_VALUES, QUOTA } from './limits.ts';
import { DEFAULTS, modeProblems, namespaceOf, OPTIONS, rulesOf } from './options.ts';
import type { MetricDataRequest } from './request.ts';
import type { CloudWatchSettings } from './settings.ts';
import { outsideWindow } from './window.ts';

const COUNTERS: readonly string[] = [
  ...new Set(METRICS.filter(({ kind }) => kind === 'cumulative').map(({ name }) => name)),
];

export default defineSink({
  key: 'cloudwatch',
  options: OPTIONS,
  defaults: DEFAULTS,
  check: (options, uri) => [...modeProblems(options, uri), ...collidingLevels(rulesOf(options, uri), options.levels)],
  async create(options, uri, context): Promise<Sink> {
    const dialect = await loadDialect(options.names);
    const settings: CloudWatchSettings = {
      dialect,
      namespace: namespaceOf(options, uri),
      clusterName: options.cluster_name,
      dimensions: rulesOf(options, uri),
      storageResolution: options.resolution === '1' ? 1 : 60,
      totals: options.totals,
      delivery: options.delivery,
      maxValues: MAX_UNIQUE_VALUES,
      counters: new Set(options.metrics),
    };
    // Globs do not reach counters; their very names do.
    const metrics = [
      ...options.metrics,
      ...COUNTERS.filter((name) => !settings.counters.has(name)).map((name) => `!${name}`),
    ];
    const selection = toSelection({ ...options, metrics }, { dialect });
    if (options.mode === 'emf') return openEmf({ uri, context, settings, selection, file: options.file });
    const { region, endpoint, compression, concurrency } = options;
    const client = await createMetricDataClient(
      { region, endpoint, compression, concurrency, requestTimeout: options.request_timeout_sec },
      `sink ${uri.key}`,
    );
    const limits = withQuota({ maxPoints: MAX_DATUMS, maxBytes: MAX_BODY_BYTES, concurrency }, options, QUOTA);
    const sink: Sink<MetricDataRequest> = {
      name: uri.key,
      shown: uri.shown,
      limits,
      selection,
      encode: (batch, reject) => encodeMetricData(batch, settings, reject),
      async send(request, signal): Promise<SendOutcome> {
        const late = outsideWindow(request.timestamp, context.clock.now());
        if (late !== undefined) return { status: 'rejected', cause: new SinkError(late, { code: 'sink_window' }) };
        try {
          await client.put(request, signal);
          return { status: 'delivered' };
        } catch (error) {
          const now = context.clock.now();
          const outcome = classifyError(error, 'the AWS credentials', now);
          return outcome.status === 'rejected' ? classifyError(error, await client.credentialSource(), now) : outcome;
        }
      },
      backlog: BACKLOG,
      check: async (signal) =>
        checkCloudWatch(client, { namespace: settings.namespace, now: context.clock.now(), signal }),
      async close() {
        client.close();
      },
    };
    return sink;
  },
});
