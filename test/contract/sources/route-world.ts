import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCertificate } from '../../../functions/local/demo/certificate.ts';
import type { DemoCluster } from '../../../functions/local/demo/demo-types.ts';
import type { ClusterConnection } from '../../../shared/clusters/connector.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import { MINUTE } from '../../../shared/core/units.ts';
import type { KubeResult } from '../../../shared/kube/client.ts';
import { createKubeClient } from '../../../shared/kube/create-kube-client.ts';
import { createKubeletClient } from '../../../shared/kube/create-kubelet-client.ts';
import type { RightsRoute } from '../../../shared/kube/route-rights.ts';
import { createDirectSource } from '../../../shared/sources/direct-source.ts';
import { createMetricsSource, listMetrics } from '../../../shared/sources/metrics-api/metrics-source.ts';
import { createProxySource } from '../../../shared/sources/proxy-source.ts';
import type { NodeDocument, ScrapeTarget } from '../../../shared/sources/source.ts';

export const MAX_BYTES = 1_000_000;
export const NODE = 'node-1';

/** Where a route's server is: an API server, or with `direct` one kubelet. */
export interface RouteServer {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  readonly kubeletPort?: (node: string) => number | undefined;
}

export interface RouteClient extends Disposable {
  scrape(
    node: string,
    options?: { readonly millis?: number; readonly light?: boolean },
  ): Promise<KubeResult<NodeDocument>>;
  readonly warnings: readonly string[];
}

const SETTINGS = {
  clock: systemClock,
  random: () => 0,
  maxInFlight: 8,
  userAgent: 'contract',
  maxListBytes: MAX_BYTES,
};

/** A route to a server, as the collector opens it, with a deadline for each scrape. */
export function openRoute(route: RightsRoute, server: RouteServer): RouteClient {
  const connection: ClusterConnection = {
    server: server.url,
    ca: server.ca,
    serverName: undefined,
    insecure: false,
    clientCertificate: undefined,
    authenticate: async () => ({ authorization: `Bearer ${server.token}` }),
  };
  const client = createKubeClient(connection, SETTINGS);
  const trust = { https: true, ca: server.ca, insecure: false, localAddresses: true, clientCertificate: undefined };
  const kubelets = createKubeletClient(connection, trust, SETTINGS);
  const warnings: string[] = [];
  return {
    warnings,
    async scrape(name, { millis = MINUTE, light = false } = {}) {
      using deadline = createDeadline(systemClock.now() + millis, systemClock);
      const options = { maxBytes: MAX_BYTES, light };
      const port = server.kubeletPort?.(name);
      const node: ScrapeTarget = {
        name,
        hostname: name,
        hostId: '',
        kubelet: { host: '127.0.0.1', ...(port !== undefined && { port }) },
      };
      switch (route) {
        case 'proxy':
          return await createProxySource(client, options).scrape(node, deadline);
        case 'direct':
          return await createDirectSource(kubelets, { ...options, port: undefined, defaultPort: 1 }).scrape(
            node,
            deadline,
          );
        case 'metrics-api': {
          const source = createMetricsSource(listMetrics(client, deadline), (warning) => warnings.push(warning));
          return await source.scrape(node, deadline);
        }
      }
    },
    [Symbol.dispose]() {
      client.close();
      kubelets.close();
    },
  };
}

export function demoServer(demo: DemoCluster, token = demo.token): RouteServer {
  return { url: demo.url, ca: demo.ca, token, kubeletPort: demo.kubeletPort };
}

export interface WrongServer extends RouteServer, AsyncDisposable {
  /** What was asked: path with query. */
  readonly requests: readonly string[];
}

/** A server with a valid certificate of an API server and of the kubelet of `NODE`, which answers everything in one way. */
export async function startWrongServer(answer: (response: ServerResponse) => void): Promise<WrongServer> {
  const { ca, issue } = await createCertificate();
  const pair = await issue({ name: NODE, addresses: ['127.0.0.1'], selfSigned: false });
  const requests: string[] = [];
  const server = createServer(pair, (request, response) => {
    requests.push(request.url ?? '');
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    ca,
    token: 'contract-secret',
    kubeletPort: () => port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
