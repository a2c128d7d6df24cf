import { uncompress } from 'snappyjs';
import { type HttpSim, type SimAnswer, type SimRequest, startHttpSim } from './http-sim.ts';
import { type ReceivedSample, readRequestV2, readWriteRequest } from './remote-write-messages.ts';

/** The marker that ends a series. */
export const STALE_BITS = 0x7ff0000000000002n;

/**
 * `prometheus-2` stores the good part of a request and answers 400 without a count, and takes 2.0 for an empty 1.0;
 * `prometheus-3` knows both versions and counts what it wrote.
 */
export type ReceiverKind = 'prometheus-2' | 'prometheus-3';

export interface RemoteWriteServer extends HttpSim {
  /** Every sample stored, in order; a copy of a stored one is not stored again. Markers are not here. */
  readonly stored: readonly ReceivedSample[];
  /** Markers of ended series. */
  readonly ended: readonly ReceivedSample[];
  /** `Authorization` that is taken; undefined = any. */
  authorization: string | undefined;
  /** Series with such a label value are refused for good. */
  refuse(labelValue: string): void;
  /** Largest message after decompression. */
  maxBytes: number;
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const V2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';
const MINUTE = 60_000;

/** A remote write receiver on loopback, as strict as the specifications and Prometheus are together. */
export async function startRemoteWriteServer(
  kind: ReceiverKind = 'prometheus-2',
  now: () => number = Date.now,
): Promise<RemoteWriteServer> {
  const stored: ReceivedSample[] = [];
  const ended: ReceivedSample[] = [];
  const newest = new Map<string, ReceivedSample>();
  const poison = new Set<string>();

  /** Why a sample is refused; undefined if it is stored, or was. */
  const append = (sample: ReceivedSample): string | undefined => {
    const { labels, timestamp, bits } = sample;
    const series = JSON.stringify(labels);
    const wrong = wrongLabels(labels);
    if (wrong !== undefined) return `${wrong}: ${series}`;
    if (labels.some(([, value]) => poison.has(value))) return `per-user series limit of 1 exceeded: ${series}`;
    if (timestamp > now() + 10 * MINUTE) return `out of bounds: timestamp is too far in the future: ${series}`;
    if (timestamp < now() - 60 * MINUTE) return `out of bounds: ${series}`;
    const last = newest.get(series);
    if (last !== undefined && last.timestamp > timestamp) return `out of order sample: ${series}`;
    if (last !== undefined && last.timestamp === timestamp) {
      return last.bits === bits ? undefined : `duplicate sample for timestamp: ${series}`;
    }
    newest.set(series, sample);
    (bits === STALE_BITS ? ended : stored).push(sample);
    return undefined;
  };

  const serve = (request: SimRequest): SimAnswer => {
    const { headers, method, url } = request;
    if (sim.authorization !== undefined && headers.authorization !== sim.authorization) {
      return { status: 401, body: 'no valid credentials' };
    }
    if (url.pathname !== '/api/v1/write') return { status: 404, body: '404 page not found' };
    if (method !== 'POST') return { status: 405 };
    if (headers['content-encoding'] !== 'snappy') return { status: 415, body: 'snappy encoding is needed' };
    const second = headers['content-type'] === V2;
    if (!second && headers['content-type'] !== 'application/x-protobuf') return { status: 415, body: 'content type' };
    if (headers['x-prometheus-remote-write-version'] !== (second ? '2.0.0' : '0.1.0')) {
      return { status: 400, body: 'X-Prometheus-Remote-Write-Version' };
    }
    if (headers['user-agent'] === undefined) return { status: 400, body: 'User-Agent' };
    let samples: readonly ReceivedSample[];
    try {
      const message = Buffer.from(uncompress(request.body));
      if (message.length > sim.maxBytes) return { status: 413, body: 'the request is too large' };
      samples = second && kind === 'prometheus-3' ? readRequestV2(message) : readWriteRequest(message);
    } catch (error) {
      return { status: 400, body: `error decoding: ${String(error)}` };
    }
    const refusals = samples.map(append).filter((refusal) => refusal !== undefined);
    const written = String(samples.length - refusals.length);
    const counted = kind === 'prometheus-3' ? { 'x-prometheus-remote-write-samples-written': written } : {};
    return refusals.length === 0
      ? { status: 204, headers: counted }
      : { status: 400, headers: counted, body: refusals[0] ?? '' };
  };

  const http = await startHttpSim(serve);
  const sim: RemoteWriteServer = {
    url: http.url,
    requests: http.requests,
    get openSockets() {
      return http.openSockets;
    },
    fail: http.fail,
    failAlways: http.failAlways,
    stored,
    ended,
    authorization: undefined,
    refuse: (labelValue) => {
      poison.add(labelValue);
    },
    maxBytes: 32_000_000,
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
  return sim;
}

/** What the specification forbids. */
function wrongLabels(labels: ReceivedSample['labels']): string | undefined {
  const names = labels.map(([name]) => name);
  if (
    names.some(
      (name, index) => index > 0 && Buffer.compare(Buffer.from(names[index - 1] ?? ''), Buffer.from(name)) >= 0,
    )
  ) {
    return 'labels are not sorted, or a name is there twice';
  }
  if (labels.some(([, value]) => value === '')) return 'a label is empty';
  if (labels.some(([name]) => !LABEL_NAME.test(name))) return 'invalid label name';
  const metric = labels.find(([name]) => name === '__name__')?.[1];
  return metric !== undefined && METRIC_NAME.test(metric) ? undefined : 'invalid metric name';
}
