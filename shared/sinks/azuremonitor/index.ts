/**
 * `azuremonitor:` sends custom metrics about an Azure resource to Azure Monitor's regional endpoint.
 *
 *     azuremonitor:?region=westeurope&resource_id=/subscriptions/…/managedClusters/prod
 *     azuremonitor:?region=westeurope&resource_id=…&levels=node,pod&dimensions=pod:cluster_name,namespace_name
 *     azuremonitor:?region=westeurope&resource_id=…&client_id=CLIENT-ID-OF-A-MANAGED-IDENTITY
 *
 * Newline-delimited JSON, gzip, at most 4 MB before it; 10 dimensions of 256 characters; 20 minutes back, 4 ahead; 50,000
 * active series in a subscription and region (./limits.ts). Values are kept by the minute as min, max, sum and count; a
 * second copy is added. Custom metrics are in preview and cost nothing yet.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { SinkError } from '../../core/errors.ts';
import { METRICS } from '../../core/metrics.ts';
import { loadDialect } from '../../dialects/registry.ts';
import { authKindOf } from '../auth/auth-kind.ts';
import { createAuthorizer } from '../auth/registry.ts';
import { defineSink } from '../define-sink.ts';
import { createAuthorizedClient } from '../http/authorized-client.ts';
import type { HttpRules } from '../http/classify-http.ts';
import { createHttpClient } from '../http/http-client.ts';
import { withQuota } from '../quota-options.ts';
import { toSelection } from '../selection.ts';
import type { Sink } from '../sink.ts';
import { BACKLOG } from './backlog.ts';
import { classifyMetrics } from './classify.ts';
import { encodeCustomMetrics } from './encode.ts';
import { FARTHEST, MAX_BODY_BYTES, MAX_SERIES, OLDEST } from './limits.ts';
import { checkOptions, DEFAULTS, OPTIONS, urlOf } from './options.ts';
import { type CustomMetricsRequest, toBody } from './request.ts';
import type { AzureMonitorSettings } from './settings.ts';

/** Fast, and these bodies become some twenty times smaller. */
const GZIP_LEVEL = 1;
const compress = promisify(gzip);
const COUNTERS = new Set(METRICS.filter(({ kind }) => kind === 'cumulative').map(({ name }) => name));

export default defineSink({
  key: 'azuremonitor',
  options: OPTIONS,
  defaults: DEFAULTS,
  check: checkOptions,
  async create(options, uri, context): Promise<Sink<CustomMetricsRequest>> {
    const { compression, concurrency } = options;
    const where = `sink ${uri.key}`;
    const url = urlOf(options);
    const at = { ...uri, scheme: url.protocol.slice(0, -1), host: url.host };
    const authorizer = await createAuthorizer({ ...options, auth: authKindOf(options, uri, 'entra') }, at, where);
    const dialect = await loadDialect(options.names);
    const settings: AzureMonitorSettings = {
      dialect,
      namespace: options.namespace,
      clusterName: options.cluster_name,
      dimensions: options.dimensions,
      totals: options.totals,
      delivery: options.delivery,
      counters: new Set(options.metrics.filter((name) => COUNTERS.has(name))),
    };
    const rules: HttpRules = {
      backend: 'Azure Monitor',
      // The whole command, and short enough for a report: the id of the resource is in the configuration.
      credentials: `${authorizer.source}; az role assignment create --role "Monitoring Metrics Publisher" --assignee IDENTITY --scope RESOURCE_ID`,
    };
    const client = createAuthorizedClient({
      client: createHttpClient({ concurrency, requestTimeout: options.request_timeout_sec }),
      authorizer,
      rules,
      now: context.clock.now,
    });
    const headers: Readonly<Record<string, string>> = {
      'content-type': 'application/x-ndjson',
      'user-agent': 'heapless',
      ...(compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
    };
    const place = options.endpoint ?? options.region ?? url.host;
    context.notice({
      where,
      notice:
        'custom metrics of Azure Monitor are in public preview: no price yet, no promise either; at most 50,000 active series in a ' +
        'subscription and region. A Monitor workspace (prometheus: or otlp: with auth=entra) has neither bound',
    });
    return {
      name: uri.key,
      shown: uri.shown,
      limits: withQuota({ maxPoints: MAX_SERIES, maxBytes: MAX_BODY_BYTES, concurrency }, options),
      // Globs do not reach counters; their very names do.
      selection: toSelection(options, {
        dialect,
        exports: (metric) => metric.kind !== 'cumulative' || settings.counters.has(metric.name),
      }),
      encode: (batch, reject) => encodeCustomMetrics(batch, settings, reject),
      async send(request, signal) {
        const late = outsideWindow(request.timestamp, context.clock.now());
        if (late !== undefined) return { status: 'rejected', cause: new SinkError(late, { code: 'sink_window' }) };
        const text = Buffer.from(toBody(request.parts));
        const body = compression === 'gzip' ? await compress(text, { level: GZIP_LEVEL }) : text;
        return await client.exchange({ method: 'POST', url, headers, body }, signal, (answer, now) =>
          classifyMetrics(answer, { rules, place, now }),
        );
      },
      async check(signal) {
        const body = new Uint8Array(0);
        const { 'content-encoding': _, ...plain } = headers;
        const outcome = await client.exchange({ method: 'POST', url, headers: plain, body }, signal, (answer, now) =>
          // A body without values is refused as one, behind the questions who asks and for which resource.
          answer.status === 400 ? { status: 'delivered' } : classifyMetrics(answer, { rules, place, now }),
        );
        return { outcome, seen: `${url.host} knows the resource and us`, unchecked: 'whether it takes values' };
      },
      backlog: BACKLOG,
      async close() {
        client.close();
      },
    };
  },
});

/** Why Azure Monitor would not take a timestamp now, or undefined. */
function outsideWindow(timestamp: number, now: number): string | undefined {
  if (now - timestamp > OLDEST) return 'Azure Monitor takes no values older than 20 minutes';
  if (timestamp - now > FARTHEST) return 'Azure Monitor takes no values more than 4 minutes ahead; check the clock';
  return undefined;
}
