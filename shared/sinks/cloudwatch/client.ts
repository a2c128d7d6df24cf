import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { ConfigError, describeError } from '../../core/errors.ts';
import type { Millis } from '../../core/units.ts';
import { describeCredentialSource } from '../../identity/aws-credential-source.ts';
import type { MetricDataRequest } from './request.ts';

export interface ClientSettings {
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly compression: 'gzip' | 'none';
  readonly concurrency: number;
  readonly requestTimeout: Millis;
}

/** The one call that is used of CloudWatch. */
export interface MetricDataClient {
  /** Resolves when CloudWatch has stored the values; rejects with the SDK's error. */
  put(request: MetricDataRequest, signal: AbortSignal): Promise<void>;
  /** Asks for the names of metrics in a namespace: resolves when AWS knows the credentials and allows it. */
  list(namespace: string, signal: AbortSignal): Promise<void>;
  /** Where the credentials come from, in words. */
  credentialSource(): Promise<string>;
  close(): void;
}

const CONNECT_TIMEOUT: Millis = 3_000;

/**
 * Loads the SDK and makes a client that tries once: the SDK's own retries would repeat requests that may have been stored.
 * Throws `ConfigError` if no region is known.
 */
export async function createMetricDataClient(settings: ClientSettings, where: string): Promise<MetricDataClient> {
  const { CloudWatchClient, ListMetricsCommand, PutMetricDataCommand } = await import('@aws-sdk/client-cloudwatch');
  const agent = { keepAlive: true, maxSockets: settings.concurrency };
  const client = new CloudWatchClient({
    ...(settings.region === undefined ? {} : { region: settings.region }),
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    ...(settings.compression === 'none' ? { disableRequestCompression: true } : {}),
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT,
      requestTimeout: settings.requestTimeout,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
  try {
    await client.config.region();
  } catch (error) {
    client.destroy();
    const problem = `the region is not known; set region= or AWS_REGION (${describeError(error)})`;
    throw new ConfigError([{ where, problem }], error);
  }
  return {
    async put(request, signal) {
      const command = new PutMetricDataCommand({
        Namespace: request.namespace,
        // The SDK's type is mutable, though it only reads.
        MetricData: request.datums as MetricDatum[],
      });
      await client.send(command, { abortSignal: signal });
    },
    async list(namespace, signal) {
      await client.send(new ListMetricsCommand({ Namespace: namespace }), { abortSignal: signal });
    },
    async credentialSource() {
      try {
        const identity = await client.config.credentials();
        return describeCredentialSource((identity as { readonly $source?: Record<string, unknown> }).$source);
      } catch {
        return 'the default AWS credential chain, which has none';
      }
    },
    close: () => client.destroy(),
  };
}
