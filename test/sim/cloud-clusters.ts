import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CloudCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string;
}

interface CloudAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A JSON API of a cloud on loopback, and what it was asked. */
export interface CloudApi extends AsyncDisposable {
  readonly url: string;
  readonly calls: CloudCall[];
  /** Answers to give first, one a call, before the strict ones. */
  readonly faults: CloudAnswer[];
}

async function start(answer: (call: CloudCall) => CloudAnswer): Promise<CloudApi> {
  const server = createServer((request, response) => {
    request.resume();
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const call = { method: request.method ?? '', path, query, token };
    api.calls.push(call);
    const { status, body, headers } = api.faults.shift() ?? answer(call);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api: CloudApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    faults: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return api;
}

function json(status: number, body: object): CloudAnswer {
  return { status, body: JSON.stringify(body) };
}

/**
 * The container API of Google: one cluster, a token with the scope cloud-platform, errors in google.rpc's shape.
 * https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters/get
 */
export function startContainerApi(path: string, cluster: object): Promise<CloudApi> {
  const error = (code: number, status: string, message: string) => json(code, { error: { code, message, status } });
  return start((call) => {
    if (!call.token.includes('cloud-platform')) {
      return error(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
    }
    if (call.method !== 'GET') return error(404, 'NOT_FOUND', 'Method not found.');
    if (call.path !== path) return error(404, 'NOT_FOUND', `Not found: ${call.path.replace('/v1/', '')}.`);
    return json(200, cluster);
  });
}

/**
 * Azure's resource manager: the kubeconfig of one cluster's users, a token for the manager itself, errors in its shape.
 * https://learn.microsoft.com/rest/api/aks/managed-clusters/list-cluster-user-credentials
 */
export function startResourceManager(path: string, kubeconfig: string): Promise<CloudApi> {
  const error = (status: number, code: string, message: string) => json(status, { error: { code, message } });
  return start((call) => {
    if (!call.token.includes('127.0.0.1')) {
      return error(401, 'InvalidAuthenticationToken', 'The access token has the wrong audience.');
    }
    if (!/^\d{4}-\d\d-\d\d$/.test(call.query.get('api-version') ?? '')) {
      return error(400, 'MissingApiVersionParameter', 'The api-version query parameter is required.');
    }
    if (call.method !== 'POST') return error(405, 'MethodNotAllowed', 'POST only.');
    if (call.path !== path) {
      return error(404, 'ResourceNotFound', `The Resource '${call.path}' was not found.`);
    }
    return json(200, { kubeconfigs: [{ name: 'clusterUser', value: Buffer.from(kubeconfig).toString('base64') }] });
  });
}
