import { type HttpSim, type SimAnswer, type SimRequest, startHttpSim } from './http-sim.ts';

/** A data point that OpenTSDB has stored. */
export interface DataPoint {
  readonly metric: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly value: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface OpentsdbServer extends HttpSim {
  readonly stored: readonly DataPoint[];
  /** Points with such a tag value are refused for good. */
  refuse(tagValue: string): void;
  /** `tsd.storage.max_tags`. */
  maxTags: number;
  /** `tsd.http.request.max_chunk`. */
  maxBytes: number;
}

const LEGAL = /^[\p{L}\d\-_./]+$/u;

/** Why a point is refused, in OpenTSDB's words; undefined if it is fine. */
function problemOf(point: Partial<Record<keyof DataPoint, unknown>>, maxTags: number): string | undefined {
  const { metric, timestamp, value, tags } = point;
  if (typeof metric !== 'string' || metric === '') return 'Metric name was empty';
  if (!LEGAL.test(metric)) return `Invalid metric name ("${metric}"): illegal character`;
  if (typeof timestamp !== 'number' || !/^\d{10}(\d{3})?$/.test(String(timestamp))) return 'Invalid timestamp';
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'Unable to parse value to a number';
  const pairs = Object.entries((tags ?? {}) as Record<string, unknown>);
  if (pairs.length === 0) return 'Missing tags';
  if (pairs.length > maxTags) return `Too many tags: ${pairs.length} maximum allowed: ${maxTags}`;
  for (const [name, text] of pairs) {
    if (!LEGAL.test(name)) return `Invalid tag name ("${name}"): illegal character`;
    if (typeof text !== 'string' || !LEGAL.test(text))
      return `Invalid tag value ("${String(text)}"): illegal character`;
  }
  return undefined;
}

/** `/api/put?details` on loopback: point by point, with the number and the reasons of those that are refused. */
export async function startOpentsdbServer(): Promise<OpentsdbServer> {
  const stored: DataPoint[] = [];
  const poison = new Set<string>();

  const put = ({ body }: SimRequest): SimAnswer => {
    if (body.length > sim.maxBytes) {
      return { status: 400, body: '{"error":{"code":400,"message":"Chunked request not supported."}}' };
    }
    const points = parse(body);
    if (!Array.isArray(points))
      return { status: 400, body: '{"error":{"code":400,"message":"Unable to parse the given JSON"}}' };
    if (points.length === 0) {
      return { status: 400, body: '{"error":{"code":400,"message":"No datapoints found in content"}}' };
    }
    const errors: { datapoint: unknown; error: string }[] = [];
    for (const point of points as DataPoint[]) {
      const isPoison = Object.values(point.tags ?? {}).some((text) => poison.has(text));
      const error = problemOf(point, sim.maxTags) ?? (isPoison ? 'No such name for tagv' : undefined);
      if (error === undefined) stored.push(point);
      else errors.push({ datapoint: point, error });
    }
    return {
      status: errors.length > 0 ? 400 : 200,
      body: JSON.stringify({ success: points.length - errors.length, failed: errors.length, errors }),
    };
  };

  const http = await startHttpSim((request) => {
    const { method, url, headers } = request;
    if (url.pathname !== '/api/put' || !url.searchParams.has('details')) return { status: 404, body: 'Page Not Found' };
    if (method !== 'POST') return { status: 405 };
    if (headers['content-type'] !== 'application/json') return { status: 415 };
    return put(request);
  });
  const sim: OpentsdbServer = {
    url: http.url,
    requests: http.requests,
    get openSockets() {
      return http.openSockets;
    },
    fail: http.fail,
    failAlways: http.failAlways,
    stored,
    refuse: (tagValue) => {
      poison.add(tagValue);
    },
    maxTags: 8,
    maxBytes: 40_960,
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
  return sim;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
