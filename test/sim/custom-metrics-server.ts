import { type AcceptedSeries, acceptBody, Refusal } from './custom-metrics-rules.ts';
import { type HttpSim, type SimAnswer, type SimRequest, startHttpSim } from './http-sim.ts';

/** The AKS cluster that the simulated region knows. */
export const RESOURCE_ID =
  '/subscriptions/0000/resourceGroups/rg-1/providers/Microsoft.ContainerService/managedClusters/prod';

interface MetricsTokens {
  /** Tokens that have the role. */
  readonly publishers: Set<string>;
  /** Tokens of the right audience without the role. */
  readonly readers: Set<string>;
}

export interface CustomMetricsServer extends HttpSim, MetricsTokens {
  readonly stored: readonly AcceptedSeries[];
  /** Bodies as they came, decompressed. */
  readonly bodies: readonly { readonly bytes: number; readonly gzip: boolean }[];
  /** What it said to bodies that it refused. */
  readonly refusals: readonly string[];
  /** Refuses bodies with such a dimension value. */
  refuse(dimensionValue: string): void;
  maxBytes: number;
}

/** The regional endpoint of custom metrics on loopback: token, role, resource, type, size, and every rule of a series. */
export async function startCustomMetricsServer(
  tokens: Partial<MetricsTokens> = {},
  now: () => number = Date.now,
): Promise<CustomMetricsServer> {
  const stored: AcceptedSeries[] = [];
  const bodies: { bytes: number; gzip: boolean }[] = [];
  const refusals: string[] = [];
  const poison = new Set<string>();

  const post = ({ body, headers }: SimRequest): SimAnswer => {
    bodies.push({ bytes: body.length, gzip: headers['content-encoding'] === 'gzip' });
    if (body.length > sim.maxBytes) return { status: 413, body: 'Request Entity Too Large' };
    try {
      const series = acceptBody(body.toString('utf8'), now());
      const bad = series.find(({ dimensions }) => Object.values(dimensions).some((value) => poison.has(value)));
      if (bad !== undefined) throw new Refusal(`a dimension value of ${bad.metric} is not valid`);
      stored.push(...series);
      return { status: 200, body: '' };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.push(error.message);
      return { status: 400, body: JSON.stringify({ error: { code: 'BadRequest', message: error.message } }) };
    }
  };

  const http = await startHttpSim((request) => {
    const { method, url, headers } = request;
    const [scheme, token = ''] = (headers.authorization ?? '').split(' ');
    const known = scheme === 'Bearer' && (sim.publishers.has(token) || sim.readers.has(token));
    if (!known)
      return { status: 401, body: '{"error":{"code":"InvalidToken","message":"The token is not for this audience"}}' };
    if (decodeURIComponent(url.pathname) !== `${RESOURCE_ID}/metrics`) return { status: 404, body: 'Not Found' };
    if (!sim.publishers.has(token)) {
      return {
        status: 403,
        body: '{"error":{"code":"AuthorizationFailed","message":"no Microsoft.Insights/Metrics/Write"}}',
      };
    }
    if (method !== 'POST') return { status: 405 };
    if (headers['content-type'] !== 'application/x-ndjson') return { status: 415 };
    return post(request);
  });
  const sim: CustomMetricsServer = {
    url: http.url,
    requests: http.requests,
    get openSockets() {
      return http.openSockets;
    },
    fail: http.fail,
    failAlways: http.failAlways,
    stored,
    bodies,
    refusals,
    refuse: (value) => {
      poison.add(value);
    },
    publishers: tokens.publishers ?? new Set(['publisher']),
    readers: tokens.readers ?? new Set(['reader']),
    maxBytes: 4_000_000,
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
  return sim;
}
