/**
 * `influxdb:` writes line protocol to InfluxDB 1, 2 or 3, or to what speaks like it (VictoriaMetrics, Telegraf).
 *
 *     influxdb:http://monitoring-influxdb:8086
 *     influxdb:https://influx.example:8086?db=k8s&user=heapless&pw=${secret:influx}&withfields=true
 *     influxdb:https://eu-central-1-1.aws.cloud2.influxdata.com?api=v2&org=acme&bucket=k8s&token=${secret:influx}
 *     influxdb:http://influxdb3:8181?api=v3&db=k8s&token=${secret:influx}
 *
 * Limits (limits.ts): 10,000 points and 4 MiB in a request. InfluxDB stores the good lines of a request and tells of the
 * others; a point sent twice overwrites itself, so everything may be repeated.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { METRICS } from '../../core/metrics.ts';
import { loadDialect } from '../../dialects/registry.ts';
import { createBufferPool } from '../buffer-pool.ts';
import { defineSink } from '../define-sink.ts';
import { classifyAnswer, classifyFault, type HttpRules } from '../http/classify-http.ts';
import { readHttpAddress } from '../http/http-address.ts';
import type { HttpAnswer } from '../http/http-answer.ts';
import { createHttpClient } from '../http/http-client.ts';
import { withQuota } from '../quota-options.ts';
import { toSelection } from '../selection.ts';
import type { SendOutcome, Sink } from '../sink.ts';
import type { LineRequest } from '../text/line-request.ts';
import { classifyInflux, isDatabaseMissing } from './classify.ts';
import { createDatabaseStatement } from './create-database.ts';
import { BACKLOG, encodeInflux } from './encode.ts';
import { influxEndpoints } from './endpoints.ts';
import { LIMITS } from './limits.ts';
import { checkOptions, DEFAULTS, OPTIONS } from './options.ts';

const BY_DEFAULT = 'http://localhost:8086';
/** Fast, and within a fifth of the best size for this text. */
const GZIP_LEVEL = 1;
const compress = promisify(gzip);
/** A comment of line protocol. */
const EMPTY_WRITE = Buffer.from('# no points\n');

/** Counters that a rate is made of: what `disable_counter_metrics` leaves out. */
const RATED: ReadonlySet<string> = new Set(METRICS.flatMap(({ rate }) => rate?.of ?? []));

export default defineSink({
  key: 'influxdb',
  options: OPTIONS,
  defaults: DEFAULTS,
  address: true,
  check(options, uri) {
    const address = readHttpAddress(uri, BY_DEFAULT);
    return [...('problem' in address ? [address.problem] : []), ...checkOptions(options, uri.scheme)];
  },
  async create(options, uri, context): Promise<Sink<LineRequest>> {
    const address = readHttpAddress(uri, BY_DEFAULT);
    if ('problem' in address) throw new RangeError(address.problem);
    const { write, query } = influxEndpoints(address.url, options);
    const dialect = await loadDialect(options.names);
    const { api, token, concurrency, compression } = options;
    const user = uri.user ?? options.user;
    const password = uri.password ?? options.pw;
    const credentials = Buffer.from(`${user}:${password}`).toString('base64');
    const authorization = {
      v1: `Basic ${credentials}`,
      v2: token === undefined ? undefined : `Token ${token}`,
      v3: token === undefined ? undefined : `Bearer ${token}`,
    }[api];
    const headers = authorization === undefined ? {} : { authorization };
    const rules: HttpRules = {
      backend: 'InfluxDB',
      credentials: api === 'v1' ? `user= and pw=, with write rights on db ${options.db}` : 'token=, with write rights',
    };
    const client = createHttpClient({
      concurrency,
      requestTimeout: options.request_timeout_sec,
      verifyCertificate: !options.insecuressl,
    });
    if (options.insecuressl) {
      context.notice({ where: `sink ${uri.key}`, notice: 'insecuressl=true: any certificate is taken for InfluxDB’s' });
    }

    // One for each request under way and one in the making.
    const pool = createBufferPool(concurrency + 1);
    const post = async (request: LineRequest, signal: AbortSignal): Promise<HttpAnswer> => {
      const zipped = compression === 'gzip' ? await compress(request.body, { level: GZIP_LEVEL }) : undefined;
      return await client.send(
        {
          method: 'POST',
          url: write,
          headers: {
            ...headers,
            'content-type': 'text/plain; charset=utf-8',
            ...(zipped === undefined ? {} : { 'content-encoding': 'gzip' }),
          },
          body: zipped ?? request.body,
        },
        signal,
      );
    };
    const createDatabase = async (signal: AbortSignal): Promise<SendOutcome> => {
      const statement = createDatabaseStatement(options.db, options.retention);
      const answer = await client.send(
        {
          method: 'POST',
          url: query,
          headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
          body: Buffer.from(new URLSearchParams({ q: statement }).toString()),
        },
        signal,
      );
      return classifyAnswer(
        answer,
        { ...rules, backend: 'InfluxDB, asked to create the database,' },
        context.clock.now(),
      );
    };

    return {
      name: uri.key,
      shown: uri.shown,
      limits: withQuota({ ...LIMITS, concurrency }, options),
      selection: toSelection(options, {
        dialect,
        exports: (metric) => !options.disable_counter_metrics || !RATED.has(metric.key),
      }),
      encode: (batch, reject) =>
        encodeInflux(
          batch,
          {
            dialect,
            withFields: options.withfields,
            clusterName: options.cluster_name,
            fieldTypes: options.field_types,
          },
          reject,
          pool,
        ),
      async send(request, signal) {
        try {
          const answer = await post(request, signal);
          if (api !== 'v1' || !options.create_database || !isDatabaseMissing(answer)) {
            return classifyInflux(answer, request, rules, context.clock.now());
          }
          const created = await createDatabase(signal);
          if (created.status !== 'delivered') return created;
          return classifyInflux(await post(request, signal), request, rules, context.clock.now());
        } catch (error) {
          return classifyFault(error, rules);
        }
      },
      backlog: BACKLOG,
      async check(signal) {
        try {
          const answer = await client.send({ method: 'POST', url: write, headers, body: EMPTY_WRITE }, signal);
          const seen = `${write.host} took a write without points`;
          if (api === 'v1' && options.create_database && isDatabaseMissing(answer)) {
            return {
              outcome: { status: 'delivered' },
              seen: `${write.host} answers; db ${options.db} will be created`,
            };
          }
          return { outcome: classifyAnswer(answer, rules, context.clock.now()), seen };
        } catch (error) {
          return { outcome: classifyFault(error, rules), seen: '' };
        }
      },
      async close() {
        client.close();
      },
    };
  },
});
