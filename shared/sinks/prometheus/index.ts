/**
 * `prometheus:` sends remote write to Prometheus, Mimir, Thanos, VictoriaMetrics, Amazon Managed Prometheus, Azure Monitor.
 *
 *     prometheus:http://prometheus:9090/api/v1/write
 *     prometheus:https://mimir.example/api/v1/push?headers=X-Scope-OrgID=team&external_label=cluster=prod
 *     prometheus:https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write?auth=sigv4
 *
 * Limits (limits.ts): 20,000 series and 4 MB in a request, 1 MB at AWS and Azure. Receivers want the samples of a series in
 * the order of time; a copy of a stored sample has no effect (VictoriaMetrics keeps both: -dedup.minScrapeInterval), so
 * everything may be repeated. https://prometheus.io/docs/specs/prw/remote_write_spec/
 */
import { SinkError } from '../../core/errors.ts';
import { loadDialect } from '../../dialects/registry.ts';
import { authProblems } from '../auth/auth-problems.ts';
import { createAuthorizer } from '../auth/registry.ts';
import { createBufferPool } from '../buffer-pool.ts';
import { defineSink } from '../define-sink.ts';
import { withDelivery } from '../delivery-option.ts';
import { createAuthorizedClient } from '../http/authorized-client.ts';
import { classifyAnswer, type HttpRules } from '../http/classify-http.ts';
import { readHttpAddress } from '../http/http-address.ts';
import { createHttpClient } from '../http/http-client.ts';
import { withQuota } from '../quota-options.ts';
import { selectBatch, toSelection } from '../selection.ts';
import type { Sink } from '../sink.ts';
import { BACKLOG } from './backlog.ts';
import { classifyRemoteWrite } from './classify.ts';
import { encodeRemoteWrite, encodeStaleMarkers } from './encode.ts';
import { FARTHEST, maxBytesOf, quotaOf } from './limits.ts';
import { DEFAULTS, OPTIONS } from './options.ts';
import type { RemoteWriteRequest } from './request.ts';
import type { RemoteWriteSettings, RemoteWriteVersion } from './settings.ts';

const DEFAULT_PATH = '/api/v1/write';
/** Write requests without series as Snappy blocks: of 1.0 no bytes, of 2.0 the table of symbols with its first, empty one. */
const EMPTY_WRITE: Readonly<Record<RemoteWriteVersion, Uint8Array>> = {
  '1.0': Uint8Array.of(0),
  '2.0': Uint8Array.of(2, 4, 0x22, 0),
};

const PROTOCOL: Readonly<Record<RemoteWriteVersion, Readonly<Record<string, string>>>> = {
  '1.0': {
    'content-type': 'application/x-protobuf',
    'x-prometheus-remote-write-version': '0.1.0',
  },
  '2.0': {
    'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'x-prometheus-remote-write-version': '2.0.0',
  },
};

export default defineSink({
  key: 'prometheus',
  options: OPTIONS,
  defaults: DEFAULTS,
  address: true,
  check(options, uri) {
    const address = readHttpAddress(uri);
    return [...('problem' in address ? [address.problem] : []), ...authProblems(options, uri)];
  },
  async create(options, uri, context): Promise<Sink<RemoteWriteRequest>> {
    const address = readHttpAddress(uri);
    if ('problem' in address) throw new RangeError(address.problem);
    const { url } = address;
    if (url.pathname === '/') url.pathname = DEFAULT_PATH;
    for (const [name, value] of options.query) url.searchParams.append(name, value);
    const { version, concurrency } = options;
    const dialect = await loadDialect(options.names);
    const authorizer = await createAuthorizer(options, uri, `sink ${uri.key}`);
    const rules: HttpRules = {
      backend: 'The remote write receiver',
      get credentials() {
        return authorizer.source;
      },
    };
    const client = createAuthorizedClient({
      client: createHttpClient({
        concurrency,
        requestTimeout: options.request_timeout_sec,
        verifyCertificate: !options.insecure,
      }),
      authorizer,
      rules,
      now: context.clock.now,
    });
    if (options.insecure) {
      context.notice({
        where: `sink ${uri.key}`,
        notice: 'insecure=true: any certificate is taken for the receiver’s',
      });
    }
    const maxBytes = options.max_bytes ?? maxBytesOf(url.hostname);
    const limits = withQuota({ maxPoints: options.max_samples, maxBytes, concurrency }, options, quotaOf(url.hostname));
    const settings: RemoteWriteSettings = {
      version,
      dialect,
      external: options.external_label,
      maxPoints: limits.maxPoints,
      maxBytes: limits.maxBytes,
    };
    const headers = {
      ...Object.fromEntries(options.headers),
      ...PROTOCOL[version],
      'content-encoding': 'snappy',
      'user-agent': 'heapless',
    };
    // One for each request under way and one in the making.
    const pool = createBufferPool(concurrency + 1);
    const selection = toSelection(options, { dialect });
    const sink: Sink<RemoteWriteRequest> = {
      name: uri.key,
      shown: uri.shown,
      limits,
      selection,
      endsSeries: options.stale_markers,
      *encode(batch, reject) {
        yield* encodeRemoteWrite(batch, settings, reject, pool);
        if (batch.ended !== undefined && options.stale_markers) {
          yield* encodeStaleMarkers(selectBatch(batch.ended, selection), settings);
        }
      },
      async send(request, signal) {
        if (request.timestamp - context.clock.now() > FARTHEST) {
          const late = 'values more than five minutes ahead are not sent: they would shut Prometheus; check the clock';
          return { status: 'rejected', cause: new SinkError(late, { code: 'sink_window' }) };
        }
        return await client.exchange({ method: 'POST', url, headers, body: request.body }, signal, (answer, now) =>
          classifyRemoteWrite(answer, request, rules, now),
        );
      },
      backlog: BACKLOG,
      async check(signal) {
        const request = { method: 'POST', url, headers, body: EMPTY_WRITE[version] } as const;
        const outcome = await client.exchange(request, signal, (answer, now) => classifyAnswer(answer, rules, now));
        return { outcome, seen: `${url.host} took a write request without samples` };
      },
      async close() {
        client.close();
      },
    };
    return withDelivery(sink, options.delivery);
  },
});
