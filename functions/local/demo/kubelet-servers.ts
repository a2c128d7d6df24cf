import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../shared/core/clock.ts';
import { type Answer, textAnswer } from './answer.ts';
import type { Identity } from './api-request.ts';
import type { ServerCertificate } from './certificate.ts';
import type { ClusterModel, NodeModel } from './cluster-model.ts';
import { deliver } from './delivery.ts';
import type { FaultBoard } from './fault-board.ts';
import { type Delivery, kubeletDelivery } from './kubelet-answer.ts';
import { summaryDocument } from './summary-document.ts';

/** The kubelets of a demo cluster on ports of their own. */
export interface KubeletServers {
  /** Port on 127.0.0.1 by node. */
  readonly ports: ReadonlyMap<string, number>;
  /** `METHOD path` with query of all requests. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export interface KubeletSettings {
  readonly model: ClusterModel;
  readonly clock: Clock;
  readonly faults: FaultBoard;
  readonly identity: () => Identity;
  readonly certificate: ServerCertificate;
  /** `cluster`: for the node's name, of the cluster's authority; `self`: signed by itself; `other`: for another name. */
  readonly trust: 'cluster' | 'self' | 'other';
}

/**
 * Serves each node's kubelet over TLS. As a real one it asks who calls (bearer token) and whether that user may
 * `get nodes/stats`, knows `/stats/summary` and nothing else here, and refuses anonymous callers.
 */
export async function startKubelets(settings: KubeletSettings): Promise<KubeletServers> {
  const { model, certificate, trust } = settings;
  const servers: Server[] = [];
  const ports = new Map<string, number>();
  const requests: string[] = [];
  for (const node of model.nodes()) {
    const name = trust === 'other' ? `other-${node.name}` : node.name;
    const addresses = trust === 'other' ? ['192.0.2.1'] : ['127.0.0.1'];
    const pair = await certificate.issue({ name, addresses, selfSigned: trust === 'self' });
    const server = createServer(pair, (request, response) => {
      requests.push(`${request.method} ${request.url}`);
      answer(settings, node, request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      );
    });
    ports.set(node.name, await listen(server));
    servers.push(server);
  }
  return {
    ports,
    requests,
    async close() {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function answer(
  settings: KubeletSettings,
  node: NodeModel,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { clock, faults, identity } = settings;
  const ended = new AbortController();
  response.on('close', () => ended.abort());
  response.setHeader('Date', new Date(clock.now()).toUTCString());
  const fault = faults.peekNode(node.name)?.kind;
  if (fault === 'refuse') return void request.socket.destroy();
  const refusal = refuse(request, identity());
  const delivery: Delivery =
    refusal === undefined ? serve(settings, node, new URL(request.url ?? '/', 'https://kubelet')) : whole(refusal);
  await deliver(delivery, { request, response }, { clock, signal: ended.signal });
}

function refuse(request: IncomingMessage, { token, user, rights }: Identity): Answer | undefined {
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given !== token) return textAnswer(401, 'Unauthorized');
  const path = (request.url ?? '').split('?')[0] ?? '';
  const subresource = path.startsWith('/stats/') ? 'stats' : 'proxy';
  const verb = request.method === 'GET' || request.method === 'HEAD' ? 'get' : 'create';
  if (rights.has(`${verb} nodes/${subresource}`)) return undefined;
  return textAnswer(403, `Forbidden (user=${user}, verb=${verb}, resource=nodes, subresource(s)=[${subresource}])`);
}

function serve({ model, clock, faults, identity }: KubeletSettings, node: NodeModel, url: URL): Delivery {
  if (url.pathname !== '/stats/summary') return whole(textAnswer(404, '404 page not found\n'));
  const unknown = [...url.searchParams.keys()].find((key) => key !== 'only_cpu_and_memory');
  if (unknown !== undefined) return whole(textAnswer(400, `unknown query parameter ${unknown}\n`));
  const onlyCpuAndMemory = url.searchParams.get('only_cpu_and_memory') === 'true';
  const fault = faults.takeNode(node.name);
  if (fault?.kind === 'forbidden') {
    const said = `Forbidden (user=${identity().user}, verb=get, resource=nodes, subresource(s)=[stats])`;
    return whole(textAnswer(403, said));
  }
  return kubeletDelivery(fault, {
    node: node.name,
    address: node.address,
    summary: (other) => {
      const shown = other === undefined ? node : { ...node, name: other };
      return JSON.stringify(summaryDocument(model, shown, { at: clock.now(), onlyCpuAndMemory }), null, 1);
    },
  });
}

function whole(one: Answer): Delivery {
  return { kind: 'whole', answer: one };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
