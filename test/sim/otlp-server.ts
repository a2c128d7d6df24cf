import { type HttpSim, type SimAnswer, type SimRequest, startHttpSim } from './http-sim.ts';
import { type ReceivedPoint, readExportJson, readExportRequest } from './otlp-messages.ts';

export interface OtlpServer extends HttpSim {
  /** Every data point stored, in order; what came twice is here twice. */
  readonly stored: readonly ReceivedPoint[];
  /** Points with such an attribute, of their own or of their resource, are rejected in a partial success. */
  refuse(attributeValue: string): void;
  /** What is said of requests that are taken whole. */
  warning: string | undefined;
  /** `Authorization` that is taken; undefined = any. */
  authorization: string | undefined;
  /** Most points and most bytes after decompression, as CloudWatch bounds them (400). */
  maxPoints: number;
  maxBytes: number;
}

/** An OTLP/HTTP server on loopback that holds requests to the data model: names, times, kinds, attributes, identities. */
export async function startOtlpServer(): Promise<OtlpServer> {
  const stored: ReceivedPoint[] = [];
  const poison = new Set<string>();

  const serve = ({ method, url, headers, body }: SimRequest): SimAnswer => {
    if (sim.authorization !== undefined && headers.authorization !== sim.authorization) return { status: 401 };
    if (url.pathname !== '/v1/metrics') return { status: 404, body: '404 page not found' };
    if (method !== 'POST') return { status: 405 };
    const type = headers['content-type'];
    if (type !== 'application/x-protobuf' && type !== 'application/json') return { status: 415 };
    if (body.length > sim.maxBytes) return { status: 400, body: 'the request is too large' };
    let points: readonly ReceivedPoint[];
    try {
      points = type === 'application/json' ? readExportJson(body.toString('utf8')) : readExportRequest(body);
    } catch (error) {
      return { status: 400, body: String(error) };
    }
    if (points.length > sim.maxPoints) return { status: 400, body: 'too many data points' };
    const wrong = points.map(wrongPoint).find((text) => text !== undefined) ?? wrongTogether(points);
    if (wrong !== undefined) return { status: 400, body: wrong };
    const isBad = ({ resource, attributes }: ReceivedPoint): boolean =>
      [...resource, ...attributes].some(([, value]) => poison.has(value));
    stored.push(...points.filter((point) => !isBad(point)));
    const rejected = points.filter(isBad).length;
    const message = rejected > 0 ? 'limit of series is reached' : sim.warning;
    return answer(type, rejected, message);
  };

  const http = await startHttpSim(serve);
  const sim: OtlpServer = {
    url: http.url,
    requests: http.requests,
    get openSockets() {
      return http.openSockets;
    },
    fail: http.fail,
    failAlways: http.failAlways,
    stored,
    refuse: (attributeValue) => {
      poison.add(attributeValue);
    },
    warning: undefined,
    authorization: undefined,
    maxPoints: 1_000_000,
    maxBytes: 32_000_000,
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
  return sim;
}

function answer(type: string, rejected: number, message: string | undefined): SimAnswer {
  const headers = { 'content-type': type };
  if (message === undefined) return { status: 200, headers, body: type === 'application/json' ? '{}' : '' };
  if (type === 'application/json') {
    const partialSuccess = { rejectedDataPoints: String(rejected), errorMessage: message };
    return { status: 200, headers, body: JSON.stringify({ partialSuccess }) };
  }
  // One-byte lengths and counts are enough here.
  const said = Buffer.from(message);
  const partial = Buffer.concat([Buffer.of(0x08, rejected, 0x12, said.length), said]);
  return { status: 200, headers, body: Buffer.concat([Buffer.of(0x0a, partial.length), partial]).toString('latin1') };
}

/** What the data model forbids of one point. */
function wrongPoint(point: ReceivedPoint): string | undefined {
  const { metric, kind, temporality, monotonic, resource, attributes, start, time, value, scope } = point;
  const twice = [resource, attributes].some((set) => new Set(set.map(([key]) => key)).size < set.length);
  if (metric === '' || scope === '') return 'a name is missing';
  if (twice) return `an attribute is there twice at ${metric}`;
  if ([...resource, ...attributes].some(([key]) => key === '')) return 'an attribute has no key';
  if (time === 0n) return `no time at ${metric}`;
  if (start >= time) return `start is not before the time at ${metric}`;
  if (kind === 'gauge' && start !== 0n) return `a gauge has a start at ${metric}`;
  if (kind === 'sum' && temporality !== 2) return `a sum that is not cumulative: ${metric}`;
  if (kind === 'sum' && !monotonic && start !== 0n) return `a sum that goes up and down, with a start: ${metric}`;
  return Number.isFinite(value) ? undefined : `no number at ${metric}`;
}

/** What it forbids of the points of a request together: one series twice, one metric in two pieces under a resource. */
function wrongTogether(points: readonly ReceivedPoint[]): string | undefined {
  const series = points.map(({ resource, metric, attributes }) => JSON.stringify([resource, metric, attributes]));
  return new Set(series).size < series.length ? 'a series is there twice' : undefined;
}
