import type { MetricServiceClient } from '@google-cloud/monitoring/build/src/v3/metric_service_client.js';
import type { grpc } from 'google-gax';
import { systemClock } from '../../core/clock.ts';
import { SinkError } from '../../core/errors.ts';
import type { Millis } from '../../core/units.ts';
import { credentialError } from '../auth/credential-error.ts';
import { nameField } from './wire.ts';

const METHOD = '/google.monitoring.v3.MetricService/CreateTimeSeries';
const SOURCE = 'the Google application default credentials';
/** `grpc.default_compression_algorithm`: gzip. */
const GZIP = 2;

export interface ClientSettings {
  /** Undefined = that of the credentials, or of the metadata server. */
  readonly project: string | undefined;
  /** Undefined = monitoring.googleapis.com. Plain HTTP asks without credentials. */
  readonly endpoint: URL | undefined;
  readonly compression: 'gzip' | 'none';
  readonly requestTimeout: Millis;
}

/** Sends encoded requests through Google's own client: its channel, credentials and endpoint. */
export interface MonitoringClient {
  /** The project, if it is known already. */
  readonly project: string | undefined;
  /**
   * Sends a request's series. Rejects with grpc-js's ServiceError, or with a `SinkError` where there are no credentials or
   * nobody knows the project. A call that is abandoned takes its connection with it: who hung once hangs again.
   */
  createTimeSeries(series: Buffer, signal: AbortSignal): Promise<void>;
  /** Resolves when there are credentials with a token, and a project. Rejects with a `SinkError`. */
  prepare(): Promise<void>;
  close(): Promise<void>;
}

/** An open channel, and what goes with each call. */
interface Line {
  readonly client: MetricServiceClient;
  readonly stub: grpc.Client;
  readonly metadata: grpc.Metadata;
  readonly name: Buffer;
}

/** Loads Google's client; opens its channel when the first request is sent. */
export async function createMonitoringClient(settings: ClientSettings): Promise<MonitoringClient> {
  // CommonJS: in a bundle they have a default export alone.
  const [{ default: monitoring }, { default: gax }] = await Promise.all([
    import('@google-cloud/monitoring/build/src/v3/metric_service_client.js'),
    import('google-gax'),
  ]);
  const { MetricServiceClient } = monitoring;
  const { endpoint } = settings;
  const plain = endpoint?.protocol === 'http:';
  const options: NonNullable<ConstructorParameters<typeof MetricServiceClient>[0]> = {
    ...(endpoint === undefined
      ? {}
      : { apiEndpoint: endpoint.hostname, port: Number(endpoint.port) || (plain ? 80 : 443) }),
    ...(plain ? { sslCreds: gax.grpc.credentials.createInsecure(), universeDomain: 'googleapis.com' } : {}),
    ...(settings.project === undefined ? {} : { projectId: settings.project }),
    'grpc.enable_retries': 0,
    ...(settings.compression === 'gzip' ? { 'grpc.default_compression_algorithm': GZIP } : {}),
  };
  let line: Promise<Line> | undefined;
  let project = settings.project;

  const authorize = async (client: MetricServiceClient): Promise<void> => {
    if (plain) return;
    try {
      await (await client.auth.getClient()).getRequestHeaders();
    } catch (error) {
      throw credentialError(SOURCE, error);
    }
  };
  const open = async (): Promise<Line> => {
    const client = new MetricServiceClient(options, gax);
    await authorize(client);
    project ??= await projectOf(client);
    const stub = (await client.initialize()) as unknown as grpc.Client;
    const metadata = new gax.grpc.Metadata();
    metadata.set('x-goog-request-params', `name=${encodeURIComponent(`projects/${project}`)}`);
    return { client, stub, metadata, name: nameField(project) };
  };
  const connected = async (): Promise<Line> => {
    const opening = line ?? open();
    line = opening;
    try {
      return await opening;
    } catch (error) {
      // What failed is not kept: the next request asks again.
      if (line === opening) line = undefined;
      throw error;
    }
  };
  const leave = (left: Line): void => {
    void line?.then((current) => {
      if (current === left) line = undefined;
    });
    void left.client.close();
  };
  return {
    get project() {
      return project;
    },
    async prepare() {
      await authorize((await connected()).client);
    },
    async createTimeSeries(series, signal) {
      const current = await connected();
      await authorize(current.client);
      if (signal.aborted) throw signal.reason;
      // grpc-js measures by the machine's clock.
      const deadline = systemClock.now() + settings.requestTimeout;
      await call(current, Buffer.concat([series, current.name]), { signal, deadline, leave: () => leave(current) });
    },
    async close() {
      const open = await line?.catch(() => undefined);
      line = undefined;
      await open?.client.close();
    },
  };
}

async function projectOf(client: MetricServiceClient): Promise<string> {
  try {
    return await client.getProjectId();
  } catch (cause) {
    const message = 'nobody says which Google Cloud project the metrics are for; set project=';
    throw new SinkError(message, { code: 'sink_credentials', cause, retryable: false });
  }
}

function call(
  { stub, metadata }: Line,
  message: Buffer,
  { signal, deadline, leave }: { readonly signal: AbortSignal; readonly deadline: number; readonly leave: () => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      sent.cancel();
      leave();
    };
    const sent = stub.makeUnaryRequest(
      METHOD,
      (bytes: Buffer) => bytes,
      () => undefined,
      message,
      metadata,
      { deadline },
      (error) => {
        signal.removeEventListener('abort', abort);
        if (error === null) resolve();
        else reject(error);
      },
    );
    signal.addEventListener('abort', abort, { once: true });
  });
}
