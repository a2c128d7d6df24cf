import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Authority, issue } from './certificates.ts';
import { kubeletAttributes, kubeletPage } from './kubelet-paths.ts';
import { authorize, type SimUser } from './rbac.ts';
import type { RightsManifest } from './rights-manifests.ts';

/** A kubelet's own port: TLS for the node's name, tokens and rights as the API server knows them (webhook). */
export interface Kubelet extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly ca: string;
  readonly served: readonly string[];
}

export interface KubeletOptions {
  readonly node: string;
  readonly authority: Authority;
  readonly manifests: readonly RightsManifest[];
  readonly users: readonly (SimUser & { readonly token: string })[];
  /** Body of `/stats/summary`. */
  readonly summary: string;
}

export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { node, authority, manifests, users, summary } = options;
  const { cert, key } = await issue(authority, { names: [node], addresses: [] });
  const served: string[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const [path = '/'] = url.split('?');
    const user = users.find(({ token }) => headers.authorization === `Bearer ${token}`);
    if (user === undefined) {
      response.writeHead(401).end('Unauthorized');
      return;
    }
    const asked = kubeletAttributes(method, path, node);
    if (!asked.some((attributes) => authorize(manifests, user, attributes) !== undefined)) {
      const needed = asked.flatMap((one) => ('resource' in one ? one.resource.replace('nodes/', '') : []));
      const said = `Forbidden (user=${user.username}, verb=${method.toLowerCase()}, resource=nodes, subresource(s)=[${needed.join(' ')}])\n`;
      response.writeHead(403, { 'Content-Type': 'text/plain' }).end(said);
      return;
    }
    served.push(`${method} ${path}`);
    const page = kubeletPage(path, /websocket/i.test(headers.upgrade ?? ''));
    if (page === undefined) response.writeHead(200, { 'Content-Type': 'application/json' }).end(summary);
    else response.writeHead(page.status, { 'Content-Type': page.type }).end(page.body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    ca: authority.ca,
    served,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
