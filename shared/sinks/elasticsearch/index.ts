/**
 * `elasticsearch:` indexes documents in Heapster's form, in Elasticsearch or OpenSearch, by `_bulk`.
 *
 *     elasticsearch:http://elasticsearch:9200
 *     elasticsearch:?nodes=https://es-1:9200&nodes=https://es-2:9200&esUserName=heapless&esUserSecret=${secret:es}
 *     elasticsearch:https://search:9200?ver=7&index=k8s&pipeline=geo
 *
 * Limits (limits.ts): 1,000 documents or 2 MiB in a request. Each document has a status: those that a busy server could not
 * take are sent again, refused ones are counted. A document's id is made of its series and time, so a copy replaces it.
 * Whole numbers are written without a fraction and others with one, so that dynamic mapping never cuts a value; it maps
 * fractions as `float`, of which an index template may make `double`.
 */
import { loadDialect } from '../../dialects/registry.ts';
import { defineSink } from '../define-sink.ts';
import { checkHttp } from '../http/check-http.ts';
import type { HttpRules } from '../http/classify-http.ts';
import { createHttpClient } from '../http/http-client.ts';
import { toSelection } from '../selection.ts';
import type { SendOutcome, Sink } from '../sink.ts';
import type { LineRequest } from '../text/line-request.ts';
import { encodeElasticsearch } from './encode.ts';
import { BACKLOG, LIMITS } from './limits.ts';
import { addressesOf, checkOptions, DEFAULTS, OPTIONS, WITHOUT_EFFECT } from './options.ts';
import { createBulkSender } from './sender.ts';

const RULES: HttpRules = {
  backend: 'Elasticsearch',
  credentials: 'esUserName= and esUserSecret=, with the right to index',
};

export default defineSink({
  key: 'elasticsearch',
  options: OPTIONS,
  defaults: DEFAULTS,
  address: true,
  check: checkOptions,
  async create(options, uri, context): Promise<Sink<LineRequest>> {
    const dialect = await loadDialect(options.names);
    const user = uri.user ?? options.esUserName;
    const login = Buffer.from(`${user}:${uri.password ?? options.esUserSecret ?? ''}`).toString('base64');
    const client = createHttpClient({
      concurrency: options.bulkWorkers,
      requestTimeout: options.request_timeout_sec,
    });
    for (const name of WITHOUT_EFFECT) {
      if (uri.options.has(name)) context.notice({ where: `sink ${uri.key}`, notice: `${name} has no effect here` });
    }
    const headers = user === undefined ? {} : { authorization: `Basic ${login}` };
    const settings = { dialect, index: options.index, version: options.ver, clusterName: options.cluster_name };
    return {
      name: uri.key,
      shown: uri.shown,
      limits: { ...LIMITS, concurrency: options.bulkWorkers },
      selection: toSelection(options, (metric, level) => dialect.metric(metric, level) !== undefined),
      encode: (batch, reject) => encodeElasticsearch(batch, settings, reject),
      async check(signal) {
        const asked = { rules: RULES, now: context.clock.now, signal };
        let outcome: SendOutcome | undefined;
        for (const url of addressesOf(options, uri)) {
          outcome = await checkHttp(client, { url, headers }, asked);
          if (outcome.status === 'delivered') {
            return { outcome, seen: `${url.host} answers`, unchecked: 'the right to index' };
          }
        }
        return { outcome: outcome ?? { status: 'rejected', cause: new RangeError('no address') }, seen: '' };
      },
      send: createBulkSender({
        client,
        clock: context.clock,
        addresses: addressesOf(options, uri),
        headers,
        rules: RULES,
        pipeline: options.pipeline,
        compression: options.compression,
        sniff: options.sniff,
      }),
      backlog: BACKLOG,
      async close() {
        client.close();
      },
    };
  },
});
