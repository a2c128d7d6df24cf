import { createServer, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { protos } from '@google-cloud/monitoring';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { type GivenSeries, type PointProblem, problemOfRequest, SeriesBook, seriesKey } from './monitoring-rules.ts';

export type MonitoringFault =
  | { readonly kind: 'status'; readonly code: number; readonly message: string; readonly retryDelay?: number }
  /** Every point is refused for a while, as a summary says. */
  | { readonly kind: 'points'; readonly problem: PointProblem }
  | { readonly kind: 'hang' };

/** Cloud Monitoring's metric service as far as CreateTimeSeries goes, built from the client's own protos. */
export interface MonitoringServer extends AsyncDisposable {
  readonly url: string;
  /** What was written, in order. */
  readonly written: readonly GivenSeries[];
  /** Number of series of each call that came, in order. */
  readonly calls: readonly number[];
  /** Metadata of the last call. */
  readonly lastMetadata: Readonly<Record<string, unknown>>;
  readonly openSockets: number;
  fail(...faults: readonly MonitoringFault[]): void;
  failAlways(fault: MonitoringFault): void;
  recover(): void;
  /** Refuses points of every series whose key has this text. */
  refuse(text: string): void;
}

const NODE_MODULES = resolve(import.meta.dirname, '../../node_modules');
const SERVICE = 'google.monitoring.v3.MetricService';

interface WireTime {
  readonly seconds?: number;
  readonly nanos?: number;
}

interface WireSeries {
  readonly metric?: { readonly type?: string; readonly labels?: Record<string, string> };
  readonly resource?: { readonly type?: string; readonly labels?: Record<string, string> };
  readonly metricKind?: string;
  readonly valueType?: string;
  readonly unit?: string;
  readonly points?: readonly {
    readonly interval?: { readonly startTime?: WireTime; readonly endTime?: WireTime };
    readonly value?: { readonly value?: string; readonly int64Value?: number; readonly doubleValue?: number };
  }[];
}

interface WireRequest {
  readonly name?: string;
  readonly timeSeries?: readonly WireSeries[];
}

/** The service's definition from the protos that the client brings. */
export function loadMetricService(): ServiceDefinition {
  const loaded = loadSync('google/monitoring/v3/metric_service.proto', {
    includeDirs: [
      resolve(NODE_MODULES, '@google-cloud/monitoring/build/protos'),
      resolve(NODE_MODULES, 'google-gax/build/protos'),
    ],
    longs: Number,
    enums: String,
    oneofs: true,
  });
  return loaded[SERVICE] as unknown as ServiceDefinition;
}

function millis(time: WireTime | undefined): number | undefined {
  return time === undefined ? undefined : (time.seconds ?? 0) * 1_000 + (time.nanos ?? 0) / 1e6;
}

export function readSeries(series: WireSeries): GivenSeries {
  return {
    type: series.metric?.type ?? '',
    metricLabels: series.metric?.labels ?? {},
    resource: series.resource?.type ?? '',
    resourceLabels: series.resource?.labels ?? {},
    kind: series.metricKind ?? '',
    valueType: series.valueType ?? '',
    unit: series.unit ?? '',
    points: (series.points ?? []).map(({ interval, value }) => ({
      start: millis(interval?.startTime),
      end: millis(interval?.endTime),
      field: value?.value,
      value: value?.int64Value ?? value?.doubleValue,
    })),
  };
}

/** A google.rpc.Status with one detail, as the trailer holds it. */
function withDetail(code: number, message: string, type: string, value: Uint8Array): Metadata {
  const metadata = new Metadata();
  const bytes = protos.google.rpc.Status.encode({
    code,
    message,
    details: [{ type_url: `type.googleapis.com/${type}`, value }],
  }).finish();
  metadata.set('grpc-status-details-bin', Buffer.from(bytes));
  return metadata;
}

function summaryOf(total: number, problems: readonly PointProblem[]): Uint8Array {
  const counts = new Map<string, { readonly problem: PointProblem; points: number }>();
  for (const problem of problems) {
    const known = counts.get(`${problem.code} ${problem.message}`) ?? { problem, points: 0 };
    known.points++;
    counts.set(`${problem.code} ${problem.message}`, known);
  }
  return protos.google.monitoring.v3.CreateTimeSeriesSummary.encode({
    totalPointCount: total,
    successPointCount: total - problems.length,
    errors: [...counts.values()].map(({ problem, points }) => ({ status: problem, pointCount: points })),
  }).finish();
}

/** google.rpc.RetryInfo { retry_delay { seconds } }; below 128 × 128 seconds. */
function retryInfo(seconds: number): Uint8Array {
  return Uint8Array.from([0x0a, 0x03, 0x08, (seconds & 0x7f) | 0x80, seconds >> 7]);
}

function credentialsOf(tls: { readonly key: string; readonly cert: string } | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) };
  return ServerCredentials.createSsl(null, [pair], false);
}

export async function startMonitoringServer({
  project = 'acme',
  now = Date.now,
  tls,
}: {
  readonly project?: string;
  /** PEM; without it the server speaks plain HTTP/2. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly now?: () => number;
} = {}): Promise<MonitoringServer> {
  const book = new SeriesBook();
  const written: GivenSeries[] = [];
  const calls: number[] = [];
  const pending: MonitoringFault[] = [];
  const refused: string[] = [];
  const sockets = new Set<Socket>();
  let always: MonitoringFault | undefined;
  let lastMetadata: Readonly<Record<string, unknown>> = {};

  const create = (call: ServerUnaryCall<WireRequest, object>, answer: sendUnaryData<object>): void => {
    const fail = (code: number, details: string, metadata = new Metadata()): void =>
      answer({ code, details, metadata });
    const given = (call.request.timeSeries ?? []).map(readSeries);
    lastMetadata = call.metadata.getMap();
    calls.push(given.length);
    const fault = pending.shift() ?? always;
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'status') {
      const { code, message, retryDelay } = fault;
      const metadata =
        retryDelay === undefined
          ? new Metadata()
          : withDetail(code, message, 'google.rpc.RetryInfo', retryInfo(retryDelay));
      fail(code, message, metadata);
      return;
    }
    if (call.metadata.get('x-goog-request-params')[0] !== `name=projects%2F${project}`) {
      fail(status.INVALID_ARGUMENT, 'the routing header does not name the project');
      return;
    }
    if (call.request.name !== `projects/${project}`) {
      fail(status.NOT_FOUND, `no ${call.request.name}`);
      return;
    }
    const whole = problemOfRequest(given);
    if (whole !== undefined) {
      fail(status.INVALID_ARGUMENT, whole);
      return;
    }
    const problems: PointProblem[] = [];
    for (const series of given) {
      const key = seriesKey(series);
      const problem =
        fault?.kind === 'points'
          ? fault.problem
          : refused.some((text) => key.includes(text))
            ? { code: status.INVALID_ARGUMENT as number, message: 'The metric is not welcome here' }
            : book.write(series, now());
      if (problem === undefined) written.push(series);
      else problems.push(problem);
    }
    if (problems.length === 0) {
      answer(null, {});
      return;
    }
    const text = 'One or more TimeSeries could not be written';
    const code = problems[0]?.code ?? status.INTERNAL;
    const summary = summaryOf(given.length, problems);
    fail(code, text, withDetail(code, text, 'google.monitoring.v3.CreateTimeSeriesSummary', summary));
  };

  const server = new Server({ 'grpc.max_receive_message_length': 4_194_304 });
  server.addService(loadMetricService(), { CreateTimeSeries: create });
  const injector = server.createConnectionInjector(credentialsOf(tls));
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    injector.injectConnection(socket);
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    written,
    calls,
    get lastMetadata() {
      return lastMetadata;
    },
    get openSockets() {
      return sockets.size;
    },
    fail: (...faults) => void pending.push(...faults),
    failAlways: (fault) => {
      always = fault;
    },
    recover: () => {
      always = undefined;
      pending.length = 0;
    },
    refuse: (text) => void refused.push(text),
    async [Symbol.asyncDispose]() {
      injector.destroy();
      server.forceShutdown();
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => listener.close(done));
    },
  };
}
