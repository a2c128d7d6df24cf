import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type AcceptedDatum, acceptRequest, Refusal } from './cloudwatch-rules.ts';

/** What goes wrong with one request. `afterStoring` = the values are kept all the same, and the caller is not told. */
export type CloudWatchFault =
  | { readonly kind: 'throttle'; readonly retryAfterSeconds?: number }
  | { readonly kind: 'status'; readonly status: number; readonly name: string; readonly message?: string }
  | { readonly kind: 'page'; readonly status: number }
  | { readonly kind: 'reset'; readonly afterStoring?: boolean }
  | { readonly kind: 'hang' };

export interface CloudWatchServer extends AsyncDisposable {
  readonly url: string;
  /** Every datum stored, in order; a datum sent twice is here twice. */
  readonly accepted: readonly AcceptedDatum[];
  /** Size of the JSON of each request, and whether it came compressed. */
  readonly bodies: readonly { readonly bytes: number; readonly gzip: boolean }[];
  /** Sentences of requests that the rules refused. */
  readonly refusals: readonly string[];
  readonly openSockets: number;
  /** Lets the next requests go wrong, one each. */
  fail(...faults: readonly CloudWatchFault[]): void;
  /** Lets every request go wrong that is not scripted; undefined = none. */
  failAlways(fault: CloudWatchFault | undefined): void;
  /** Refuses any request that has such a datum, as if a rule did. */
  poison(isPoison: (datum: AcceptedDatum) => boolean): void;
  /** Largest body that is taken, after decompression; larger ones get 413. */
  maxBytes: number;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function answerError(response: ServerResponse, status: number, name: string, message: string): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-query-error': `${name};${status < 500 ? 'Sender' : 'Receiver'}`,
  });
  response.end(JSON.stringify({ __type: `com.amazonaws.cloudwatch#${name}`, message }));
}

/** What the SDK sends with every call; a request without it is not one of AWS JSON 1.0. */
const LIST_METRICS = 'GraniteServiceVersion20100801.ListMetrics';
const TARGETS: ReadonlySet<string> = new Set(['GraniteServiceVersion20100801.PutMetricData', LIST_METRICS]);

function protocolProblem(request: IncomingMessage): string | undefined {
  const { headers } = request;
  if (request.method !== 'POST' || request.url !== '/') return `${request.method} ${request.url}`;
  if (headers['content-type'] !== 'application/x-amz-json-1.0') return `content-type ${headers['content-type']}`;
  if (!TARGETS.has(String(headers['x-amz-target']))) return 'x-amz-target';
  const form =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/monitoring\/aws4_request, SignedHeaders=.+, Signature=[0-9a-f]{64}$/;
  return form.test(headers.authorization ?? '') ? undefined : 'authorization';
}

/** PutMetricData on loopback, as strict as the API reference: limits, forms, characters, window, all or nothing. */
export async function startCloudWatchServer(now: () => number = Date.now): Promise<CloudWatchServer> {
  const accepted: AcceptedDatum[] = [];
  const bodies: { bytes: number; gzip: boolean }[] = [];
  const refusals: string[] = [];
  const scripted: CloudWatchFault[] = [];
  const sockets = new Set<Socket>();
  let always: CloudWatchFault | undefined;
  let isPoison = (_: AcceptedDatum): boolean => false;

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!response.headersSent && !response.destroyed) answerError(response, 500, 'SimulatorFault', String(error));
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readAll(request);
    const gzip = request.headers['content-encoding'] === 'gzip';
    const json = gzip ? gunzipSync(raw) : raw;
    bodies.push({ bytes: json.length, gzip });
    const fault = scripted.shift() ?? always;
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset') {
      if (fault.afterStoring === true) accepted.push(...acceptRequest(JSON.parse(json.toString()), now()));
      request.socket.resetAndDestroy();
      return;
    }
    if (fault !== undefined) answerFault(response, fault);
    else if (json.length > sim.maxBytes) answerPage(response, 413);
    else store(request, response, json);
  }

  function store(request: IncomingMessage, response: ServerResponse, json: Buffer): void {
    const wrong = protocolProblem(request);
    if (wrong !== undefined) {
      answerError(response, 400, 'UnknownOperationException', wrong);
      return;
    }
    if (request.headers['x-amz-target'] === LIST_METRICS) {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{"Metrics":[]}');
      return;
    }
    try {
      const datums = acceptRequest(JSON.parse(json.toString()), now());
      if (datums.some(isPoison)) throw new Refusal('InvalidParameterValue', 'the parameter MetricData has a bad value');
      accepted.push(...datums);
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.push(error.message);
      answerError(response, 400, error.name, error.message);
    }
  }

  const sim: CloudWatchServer = {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    accepted,
    bodies,
    refusals,
    get openSockets() {
      return sockets.size;
    },
    fail: (...faults) => {
      scripted.push(...faults);
    },
    failAlways: (fault) => {
      always = fault;
    },
    poison: (predicate) => {
      isPoison = predicate;
    },
    maxBytes: 1_048_576,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return sim;
}

function answerPage(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end('<html><body>no</body></html>');
}

function answerFault(response: ServerResponse, fault: Exclude<CloudWatchFault, { kind: 'hang' | 'reset' }>): void {
  switch (fault.kind) {
    case 'throttle':
      if (fault.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(fault.retryAfterSeconds));
      answerError(response, 400, 'Throttling', 'Rate exceeded');
      break;
    case 'status':
      answerError(response, fault.status, fault.name, fault.message ?? 'scripted');
      break;
    case 'page':
      answerPage(response, fault.status);
      break;
  }
}
