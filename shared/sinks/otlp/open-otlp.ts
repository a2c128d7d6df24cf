import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ComponentUri } from '../../config/config.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { AuthOptions } from '../auth/auth-options.ts';
import type { Authorizer } from '../auth/authorizer.ts';
import { withDelivery } from '../delivery-option.ts';
import { createAuthorizedClient } from '../http/authorized-client.ts';
import { classifyAnswer, type HttpRules } from '../http/classify-http.ts';
import { createHttpClient } from '../http/http-client.ts';
import { withQuota } from '../quota-options.ts';
import { toSelection } from '../selection.ts';
import type { Sink, SinkContext, SinkLimits } from '../sink.ts';
import { createOtlpBacklog } from './backlog.ts';
import { classifyOtlp } from './classify.ts';
import { encodeOtlp } from './encode.ts';
import { encodeOtlpJson, toJsonRequest } from './json-request.ts';
import type { OtlpOptions } from './options.ts';
import type { Preset } from './presets.ts';
import type { OtlpRequest } from './request.ts';
import type { OtlpSettings } from './settings.ts';

/** Fast, and within a fifth of the best size for these messages. */
const GZIP_LEVEL = 1;
const compress = promisify(gzip);

/** Everything that makes a sink of OTLP, whatever its key. */
export interface OtlpParts {
  readonly uri: ComponentUri;
  readonly context: SinkContext;
  readonly url: URL;
  readonly preset: Preset;
  readonly options: Omit<OtlpOptions, 'preset' | keyof AuthOptions>;
  readonly dialect: Dialect;
  readonly authorizer: Authorizer;
}

/** Opens the sink. Options stand over what the preset says. */
export function openOtlp(parts: OtlpParts): Sink<OtlpRequest> {
  const { uri, context, url, preset, options, dialect, authorizer } = parts;
  const { encoding, compression, concurrency } = options;
  const rules: HttpRules = {
    backend: preset.backend,
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
  const where = `sink ${uri.key}`;
  if (options.insecure) {
    context.notice({ where, notice: `insecure=true: any certificate is taken for that of ${url.host}` });
  }
  let warned = false;
  const warn = (message: string): void => {
    if (!warned) context.notice({ where, notice: `${preset.backend} took the values and says: ${message}` });
    warned = true;
  };
  const limits = withQuota(
    {
      maxPoints: options.max_points ?? preset.maxPoints,
      maxBytes: options.max_bytes ?? preset.maxBytes,
      concurrency,
    },
    options,
    preset.quota,
  );
  const headers = {
    ...Object.fromEntries(options.headers),
    'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
    'user-agent': 'heapless',
    ...(compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
  };
  const settings = toSettings(parts, limits);
  const sink: Sink<OtlpRequest> = {
    name: uri.key,
    shown: uri.shown,
    limits,
    selection: toSelection(options, { dialect }),
    encode(batch, reject) {
      const requests = encodeOtlp(batch, settings, reject);
      return encoding === 'json' ? encodeOtlpJson(requests, limits.maxBytes, reject) : requests;
    },
    async send(request, signal) {
      const body = compression === 'gzip' ? await compress(request.body, { level: GZIP_LEVEL }) : request.body;
      return await client.exchange({ method: 'POST', url, headers, body }, signal, (answer, now) =>
        classifyOtlp(answer, request, { rules, now, warn }),
      );
    },
    backlog: createOtlpBacklog(preset, encoding === 'json' ? toJsonRequest : (request) => request),
    async check(signal) {
      const plain = encoding === 'json' ? Buffer.from('{"resourceMetrics":[]}') : Buffer.alloc(0);
      const body = compression === 'gzip' ? await compress(plain) : plain;
      const request = { method: 'POST', url, headers, body } as const;
      const outcome = await client.exchange(request, signal, (answer, now) => classifyAnswer(answer, rules, now));
      return { outcome, seen: `${url.host} took an export request without metrics` };
    },
    async close() {
      client.close();
    },
  };
  return withDelivery(sink, options.delivery);
}

function toSettings({ preset, options, dialect }: OtlpParts, limits: SinkLimits): OtlpSettings {
  const { notInMetrics, notInAttributes } = preset;
  const without =
    (pattern: RegExp | undefined) =>
    (name: string): string =>
      pattern === undefined ? name : name.replaceAll(pattern, '_');
  const resource = new Map([...preset.resource, ...options.resource_attribute]);
  return {
    dialect,
    attributes: options.attributes ?? preset.attributes,
    resource: [...resource],
    instances: options.instances ?? preset.instances,
    toMetric: without(notInMetrics),
    toAttribute: without(notInAttributes),
    descriptions: options.descriptions,
    maxPoints: limits.maxPoints,
    maxBytes: limits.maxBytes,
  };
}
