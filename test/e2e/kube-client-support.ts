import type { IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { DemoCluster } from '../../functions/local/demo/demo-types.ts';
import type { ClusterConnection } from '../../shared/clusters/connector.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { createDeadline, type Deadline } from '../../shared/core/deadline.ts';
import type { KubeClient, KubeResult } from '../../shared/kube/client.ts';
import { createKubeClient, type KubeClientSettings } from '../../shared/kube/create-kube-client.ts';

/** How the collector reaches a cluster of tests. Without renewal: the token is asked for once a request. */
export function connectionTo(
  cluster: Pick<DemoCluster, 'url' | 'ca' | 'token'>,
  more: Partial<ClusterConnection> = {},
): ClusterConnection {
  return {
    server: cluster.url,
    ca: cluster.ca,
    serverName: undefined,
    insecure: false,
    clientCertificate: undefined,
    authenticate: () => Promise.resolve({ authorization: `Bearer ${cluster.token}` }),
    ...more,
  };
}

export function clientOf(connection: ClusterConnection, settings: Partial<KubeClientSettings> = {}): KubeClient {
  return createKubeClient(connection, {
    clock: systemClock,
    random: () => 0,
    maxInFlight: 32,
    userAgent: 'heapless-test',
    ...settings,
  });
}

/** A deadline this many milliseconds from now. */
export function within(millis: number): Deadline {
  return createDeadline(Date.now() + millis, systemClock);
}

/** The value of a result that must be good. */
export function valueIn<T>(result: KubeResult<T>): T {
  if (result.status === 'failed') throw new Error(`${result.reason}: ${result.message}`);
  return result.value;
}

/** Reason and message of a result that must have failed. */
export function failureOf(result: KubeResult<unknown>): { readonly reason: string; readonly message: string } {
  if (result.status === 'ok') throw new Error('it did not fail');
  return { reason: result.reason, message: result.message };
}

export const MAX_BYTES = 16 * 1024 * 1024;

export interface Wire {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One plain request, as nobody's client would make it. */
export function ask(
  { url, ca, token }: DemoCluster,
  path: string,
  options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, ...options.headers };
    const request = httpsRequest(
      `${url}${path}`,
      { ca, headers, agent: false, method: options.method ?? 'GET' },
      (r) => {
        const chunks: Buffer[] = [];
        r.on('data', (chunk: Buffer) => chunks.push(chunk));
        r.on('error', reject);
        r.on('end', () => resolve({ status: r.statusCode ?? 0, headers: r.headers, body: Buffer.concat(chunks) }));
      },
    );
    request.on('error', reject);
    request.end();
  });
}
