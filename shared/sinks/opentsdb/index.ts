/**
 * `opentsdb:` puts data points to OpenTSDB, or to what speaks like it (VictoriaMetrics), by `/api/put`.
 *
 *     opentsdb:http://opentsdb:4242
 *     opentsdb:http://opentsdb:4242?cluster=prod&tags=namespace_name,pod_name,container_name,nodename
 *     opentsdb:http://victoria-metrics:4242?max_tags=30&tags=*&max_body_bytes=4000000
 *
 * Limits: 1,000 points and 40,960 bytes in a request, 8 tags on a point (tsd.storage.max_tags). OpenTSDB stores the good
 * points of a request and tells the number of the others. A point sent twice is the same cell.
 */
import { listOption, secondsOption, textOption, wholeNumberOption } from '../../config/option-types.ts';
import { LEVELS } from '../../core/level.ts';
import * as z from '../../core/zod.ts';
import { loadDialect } from '../../dialects/registry.ts';
import { defineSink } from '../define-sink.ts';
import { classifyAnswer, classifyFault, type HttpRules } from '../http/classify-http.ts';
import { readHttpAddress } from '../http/http-address.ts';
import { answerText } from '../http/http-answer.ts';
import { createHttpClient } from '../http/http-client.ts';
import { namesOption } from '../names-option.ts';
import { quotaOptions, withQuota } from '../quota-options.ts';
import { selectionOptions, toSelection } from '../selection.ts';
import type { SelectionDefaults, Sink } from '../sink.ts';
import type { LineRequest } from '../text/line-request.ts';
import { classifyPut } from './classify.ts';
import { BACKLOG, encodeOpentsdb, toBody } from './encode.ts';
import { DEFAULT_MAX_BYTES, DEFAULT_MAX_TAGS, MAX_POINTS } from './limits.ts';
import type { OpentsdbSettings } from './settings.ts';

const DEFAULTS: SelectionDefaults = { levels: LEVELS, metrics: ['*'] };
const DEFAULT_TAGS = [
  ...['type', 'nodename', 'namespace_name', 'pod_name', 'container_name', 'volume_name'],
  ...['workload_kind', 'workload_name', 'grouping'],
];

const OPTIONS = z.object({
  cluster: textOption({}).describe("Tag `cluster`; else the cluster's configured name, else `k8s-cluster`"),
  tags: listOption({ default: DEFAULT_TAGS }).describe(
    "Labels that are tags, separated by commas, `*` = all; the keys of a grouping and a value's own labels always are",
  ),
  max_tags: wholeNumberOption({ default: DEFAULT_MAX_TAGS, min: 2, max: 255 }).describe(
    'Most tags of a point, as tsd.storage.max_tags; `nodename`, then `type` are left out to keep it, and a point that still has more is rejected',
  ),
  max_body_bytes: wholeNumberOption({ default: DEFAULT_MAX_BYTES, min: 1_024, max: 16_000_000 }).describe(
    'Largest request in bytes; OpenTSDB needs tsd.http.request.enable_chunked=true and a max_chunk of at least this',
  ),
  names: namesOption(),
  concurrency: wholeNumberOption({ default: 4, min: 1, max: 64 }).describe('Most requests at once'),
  request_timeout_sec: secondsOption({ default: 10, min: 1, max: 300 }).describe(
    'Longest time for one request; never beyond the export timeout',
  ),
  ...selectionOptions(DEFAULTS),
  ...quotaOptions(),
});

const BY_DEFAULT = 'http://127.0.0.1:4242';
const RULES: HttpRules = {
  backend: 'OpenTSDB',
  credentials: 'user and password of the address, if a proxy asks for them',
};

export default defineSink({
  key: 'opentsdb',
  options: OPTIONS,
  defaults: DEFAULTS,
  address: true,
  check(_options, uri) {
    const address = readHttpAddress(uri, BY_DEFAULT);
    return 'problem' in address ? [address.problem] : [];
  },
  async create(options, uri, context): Promise<Sink<LineRequest>> {
    const address = readHttpAddress(uri, BY_DEFAULT);
    if ('problem' in address) throw new RangeError(address.problem);
    const url = new URL(address.url);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/put`;
    url.search = '?details';
    const dialect = await loadDialect(options.names);
    const { concurrency } = options;
    const settings: OpentsdbSettings = {
      dialect,
      cluster: options.cluster,
      tags: new Set(options.tags),
      maxTags: options.max_tags,
      maxBytes: options.max_body_bytes,
    };
    const login =
      uri.user === undefined ? undefined : Buffer.from(`${uri.user}:${uri.password ?? ''}`).toString('base64');
    const headers = {
      'content-type': 'application/json',
      ...(login === undefined ? {} : { authorization: `Basic ${login}` }),
    };
    const client = createHttpClient({ concurrency, requestTimeout: options.request_timeout_sec });
    return {
      name: uri.key,
      shown: uri.shown,
      limits: withQuota({ maxPoints: MAX_POINTS, maxBytes: options.max_body_bytes, concurrency }, options),
      selection: toSelection(options, { dialect }),
      encode: (batch, reject) => encodeOpentsdb(batch, settings, reject),
      async send(request, signal) {
        try {
          const answer = await client.send({ method: 'POST', url, headers, body: toBody(request.body) }, signal);
          return classifyPut(answer, request, RULES, context.clock.now());
        } catch (error) {
          return classifyFault(error, RULES);
        }
      },
      backlog: BACKLOG,
      async check(signal) {
        try {
          const answer = await client.send({ method: 'POST', url, headers, body: Buffer.from('[]') }, signal);
          const seen = `${url.host} took a put without points`;
          // OpenTSDB reads such a put and says that it is empty; VictoriaMetrics takes it.
          const isEmpty = answer.status === 400 && /no datapoints/i.test(answerText(answer));
          if (isEmpty) return { outcome: { status: 'delivered' }, seen };
          return { outcome: classifyAnswer(answer, RULES, context.clock.now()), seen };
        } catch (error) {
          return { outcome: classifyFault(error, RULES), seen: '' };
        }
      },
      async close() {
        client.close();
      },
    };
  },
});
