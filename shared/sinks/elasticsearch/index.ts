/**
 * `elasticsearch:` indexes documents in Heapster's form, in Elasticsearch or OpenSearch, by `_bulk`.
 *
 *     elasticsearch:http://elasticsearch:9200
 *     elasticsearch:?nodes=https://es-1:9200&nodes=https://es-2:9200&esUserName=heapless&esUserSecret=${secret:es}
 *     elasticsearch:https://search:9200?ver=7&index=k8s&pipeline=geo
 *     elasticsearch:https://search-k8s-x.eu-west-1.es.amazonaws.com?ver=7     signed with the AWS credentials
 *
 * Limits (limits.ts): 1,000 documents or 2 MiB in a request. Each document has a status: those that a busy server could not
 * take are sent again, refused ones are counted. A document's id is made of its series and time, so a copy replaces it.
 * Whole numbers are written without a fraction and others with one, so that dynamic mapping never cuts a value; it maps
 * fractions as `float`, of which an index template may make `double`.
 */
import type { ComponentUri } from '../../config/config.ts';
import { loadDialect } from '../../dialects/registry.ts';
import type { Authorizer } from '../auth/authorizer.ts';
import { createAuthorizer } from '../auth/registry.ts';
import { createBufferPool } from '../buffer-pool.ts';
import { defineSink } from '../define-sink.ts';
import { checkHttp } from '../http/check-http.ts';
import type { HttpRules } from '../http/classify-http.ts';
import { createHttpClient } from '../http/http-client.ts';
import { createSignedClient } from '../http/signed-client.ts';
import { withQuota } from '../quota-options.ts';
import { toSelection } from '../selection.ts';
import type { SendOutcome, Sink } from '../sink.ts';
import type { LineRequest } from '../text/line-request.ts';
import { encodeElasticsearch } from './encode.ts';
import { BACKLOG, LIMITS } from './limits.ts';
import {
  addressesOf,
  checkOptions,
  DEFAULTS,
  type ElasticsearchOptions,
  OPTIONS,
  signs,
  WITHOUT_EFFECT,
} from './options.ts';
import { createBulkSender } from './sender.ts';

const BACKEND = 'Elasticsearch';

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
    const plain = createHttpClient({
      concurrency: options.bulkWorkers,
      requestTimeout: options.request_timeout_sec,
    });
    const authorizer = signs(options, uri) ? await openSigner(options, uri) : undefined;
    const client = authorizer === undefined ? plain : createSignedClient(plain, authorizer);
    const rules: HttpRules = {
      backend: BACKEND,
      // Where AWS credentials come from is known when they were asked for.
      get credentials() {
        if (authorizer === undefined) return 'esUserName= and esUserSecret=, with the right to index';
        return `${authorizer.source}, with the right es:ESHttpPost`;
      },
    };
    for (const name of WITHOUT_EFFECT) {
      if (uri.options.has(name)) context.notice({ where: `sink ${uri.key}`, notice: `${name} has no effect here` });
    }
    const headers = user === undefined ? {} : { authorization: `Basic ${login}` };
    const settings = { dialect, index: options.index, version: options.ver, clusterName: options.cluster_name };
    const pool = createBufferPool(options.bulkWorkers + 1);
    return {
      name: uri.key,
      shown: uri.shown,
      limits: withQuota({ ...LIMITS, concurrency: options.bulkWorkers }, options),
      selection: toSelection(options, { dialect }),
      encode: (batch, reject) => encodeElasticsearch(batch, settings, reject, pool),
      async check(signal) {
        const asked = { rules, now: context.clock.now, signal };
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
        rules,
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

/** Signs for the first node: all are of one domain. */
async function openSigner(options: ElasticsearchOptions, uri: ComponentUri): Promise<Authorizer> {
  const host = addressesOf(options, uri)[0]?.host ?? '';
  const { region, aws_service } = options;
  return await createAuthorizer({ auth: 'sigv4', region, aws_service }, { ...uri, host }, `sink ${uri.key}`);
}
