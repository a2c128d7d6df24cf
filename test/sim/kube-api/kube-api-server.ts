import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Answer, jsonAnswer, statusAnswer, textAnswer } from '../../../functions/local/demo/answer.ts';
import { createApiServer } from '../../../functions/local/demo/api-server.ts';
import { type ClusterModel, createClusterModel } from '../../../functions/local/demo/cluster-model.ts';
import { deliver } from '../../../functions/local/demo/delivery.ts';
import type { ApiFault, NodeFault } from '../../../functions/local/demo/demo-fault.ts';
import { createFaultBoard } from '../../../functions/local/demo/fault-board.ts';
import { type Clock, systemClock } from '../../../shared/core/clock.ts';
import type { Millis, UnixMillis } from '../../../shared/core/units.ts';
import { createAdmission } from './admission.ts';
import { type Authority, type CertificateSettings, createAuthority, issue } from './certificates.ts';
import { kubeletPage } from './kubelet-paths.ts';
import { type Attributes, authorize, type SimUser } from './rbac.ts';
import { cleaned, parseRequestInfo, type RequestInfo } from './request-info.ts';
import { readReviewBody } from './review-body.ts';
import { selfSubjectAccessReview, selfSubjectReview } from './reviews.ts';
import { BOOTSTRAP, parseManifests, type RightsManifest } from './rights-manifests.ts';

export interface SimToken extends SimUser {
  readonly token: string;
  /** From then on the token is refused. */
  readonly expires?: UnixMillis;
}

export interface KubeApiOptions {
  /** Rights and policies beside those that every cluster has. */
  readonly manifests: readonly RightsManifest[];
  readonly users: readonly SimToken[];
  readonly nodes?: number;
  readonly clock?: Clock;
  /** The authority that signs; a fresh one if not given. */
  readonly authority?: Authority;
  readonly certificate?: CertificateSettings;
  /** False = a server before 1.28, which has no SelfSubjectReview. */
  readonly selfSubjectReviews?: boolean;
  /** False = metrics-server is not installed. */
  readonly metricsApi?: boolean;
  /** How far the server's clock is ahead. */
  readonly ahead?: Millis;
}

/** A simulated kube-apiserver over TLS that evaluates the manifests it is given: RBAC, and admission of CONNECT. */
export interface KubeApi extends AsyncDisposable {
  readonly url: string;
  readonly ca: string;
  readonly nodeNames: readonly string[];
  /** `METHOD path` of what reached a kubelet, as the proxy sent it on. */
  readonly kubeletRequests: readonly string[];
  /** `METHOD path` of all requests. */
  readonly requests: readonly string[];
  setFault(target: string, fault: NodeFault | ApiFault | undefined): void;
  setManifests(manifests: readonly RightsManifest[]): void;
}

const INNER = 'inner';
const READS = new Set(['list nodes', 'list namespaces', 'list pods', 'get nodes/proxy']);
const VERSION = { major: '1', minor: '36', gitVersion: 'v1.36.2-sim', platform: 'linux/amd64' };
const KUBELET_PORT = '10250';

export async function startKubeApi(options: KubeApiOptions): Promise<KubeApi> {
  const clock = options.clock ?? systemClock;
  const authority = options.authority ?? (await createAuthority());
  const { cert, key } = await issue(authority, options.certificate);
  const model = createClusterModel({
    nodes: options.nodes ?? 2,
    podsPerNode: 4,
    containersPerPod: 1,
    seed: 1,
    epoch: clock.now(),
    timeScale: 1,
    restarting: new Set(),
  });
  const faults = createFaultBoard();
  const inner = createApiServer({
    model,
    clock,
    faults,
    identity: () => ({ token: INNER, user: 'sim', rights: READS }),
    pagesFromCache: true,
    versions: () => ({ current: 1_000, compacted: 0 }),
  });
  const bootstrap = parseManifests(BOOTSTRAP);
  let manifests = [...bootstrap, ...options.manifests];
  let admit = createAdmission(manifests);
  const requests: string[] = [];
  const kubeletRequests: string[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/' } = request;
    const body = readReviewBody(await bytes(request), request.headers['content-type']);
    requests.push(`${method} ${url}`);
    response.setHeader('Date', new Date(clock.now() + (options.ahead ?? 0)).toUTCString());
    const ended = new AbortController();
    response.on('close', () => ended.abort());
    const send = (one: Answer): Promise<void> =>
      deliver({ kind: 'whole', answer: one }, { request, response }, { clock, signal: ended.signal });
    if (faults.takeApi('down') !== undefined) return void request.socket.destroy();
    const info = parseRequestInfo(method, url);
    if (info === undefined) return send(textAnswer(400, '400 Bad Request'));
    const user = authenticate(options.users, request.headers.authorization, clock.now());
    if (user === undefined) return send(statusAnswer(401, 'Unauthorized', { reason: 'Unauthorized' }));
    const refusal = refuse(manifests, user, info);
    if (refusal !== undefined) return send(refusal);
    const { target } = info;
    if (target === undefined) {
      if (/^\/version\/?$/.test(info.path)) return send(jsonAnswer(JSON.stringify(VERSION)));
      return send(textAnswer(200, 'ok'));
    }
    const kind = `${target.group}/${target.version}/${target.resource}`;
    if (method === 'POST' && kind === 'authentication.k8s.io/v1/selfsubjectreviews') {
      if (options.selfSubjectReviews === false) return send(notFound());
      return send(body !== undefined ? selfSubjectReview(body, user) : unsupported());
    }
    if (method === 'POST' && kind === 'authorization.k8s.io/v1/selfsubjectaccessreviews') {
      return send(body !== undefined ? selfSubjectAccessReview(body, user, manifests) : unsupported());
    }
    if (method !== 'GET' && method !== 'HEAD') return send(notAllowed());
    if (kind.startsWith('metrics.k8s.io/v1beta1/') && target.name === '') {
      if (options.metricsApi === false) return send(notFound());
      return send(metricsList(model, target.resource, clock.now()));
    }
    if (target.group !== '' || target.version !== 'v1') return send(notFound());
    const headers = { ...request.headers, authorization: `Bearer ${INNER}` };
    const forward = (path: string, of: { resource: string; subresource: string; name: string; rest: string }) =>
      deliver(
        inner.deliver({ method, path, query: info.query, headers, target: of, verb: info.verb }),
        { request, response },
        { clock, signal: ended.signal },
      );
    if (target.resource === 'nodes' && target.subresource === 'proxy') {
      const denial = admit({ user, resource: 'nodes/proxy', name: target.name, path: target.subpath });
      if (denial !== undefined) return send(denied(target.name, denial));
      const node = proxied(target.name);
      const path = cleaned(target.subpath);
      kubeletRequests.push(`${method} ${path}`);
      const page = kubeletPage(path, /websocket/i.test(request.headers.upgrade ?? ''));
      if (page === undefined) {
        return forward(info.path, { resource: 'nodes', subresource: 'proxy', name: node, rest: path });
      }
      const { status, type } = page;
      response.writeHead(
        status,
        status === 101 ? { Connection: 'Upgrade', Upgrade: 'websocket' } : { 'Content-Type': type },
      );
      response.end(page.body);
      return;
    }
    if (target.subresource !== '' || target.name !== '' || target.namespace !== '') return send(notFound());
    return forward(info.path, { resource: target.resource, subresource: '', name: '', rest: '' });
  };

  const server = createServer({ cert, key }, (request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    ca: authority.ca,
    nodeNames: model.nodes().map(({ name }) => name),
    kubeletRequests,
    requests,
    setFault: (target, fault) => faults.set(target, fault),
    setManifests(next) {
      manifests = [...bootstrap, ...next];
      admit = createAdmission(manifests);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function authenticate(users: readonly SimToken[], header: string | undefined, now: UnixMillis): SimUser | undefined {
  if (header === undefined) return { username: 'system:anonymous', groups: ['system:unauthenticated'] };
  const token = /^Bearer (\S+)$/i.exec(header)?.[1];
  const found = users.find((one) => one.token === token);
  if (found === undefined || (found.expires !== undefined && now >= found.expires)) return undefined;
  return { username: found.username, groups: [...found.groups, 'system:authenticated'] };
}

function refuse(manifests: readonly RightsManifest[], user: SimUser, info: RequestInfo): Answer | undefined {
  const { target, verb, path } = info;
  const headers = { 'X-Content-Type-Options': 'nosniff' };
  const forbidden = (message: string, details: Readonly<Record<string, unknown>>): Answer =>
    statusAnswer(403, message, { reason: 'Forbidden', details, headers });
  if (target === undefined) {
    if (authorize(manifests, user, { verb, path }) !== undefined) return undefined;
    return forbidden(`forbidden: User "${user.username}" cannot ${verb} path "${path}"`, {});
  }
  const { group, resource: main, subresource, name, namespace } = target;
  const resource = subresource === '' ? main : `${main}/${subresource}`;
  const asked: Attributes = { verb, group, resource, name, namespace };
  if (authorize(manifests, user, asked) !== undefined) return undefined;
  const kind = group === '' ? main : `${main}.${group}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message = `${kind}${name === '' ? '' : ` "${name}"`} is forbidden: User "${user.username}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  return forbidden(message, { ...(name !== '' && { name }), ...(group !== '' && { group }), kind: main });
}

function denied(
  name: string,
  denial: { readonly message: string; readonly reason: string; readonly code: number },
): Answer {
  const { message, reason, code } = denial;
  const details = { name, kind: 'nodes', causes: [{ message }] };
  return statusAnswer(code, `nodes "${name}" is forbidden: ${message}`, { reason, details });
}

/** `NAME`, `NAME:PORT` and `SCHEME:NAME:PORT`: only the kubelet's own port is simulated. Source: net.SplitSchemeNamePort. */
function proxied(id: string): string {
  const parts = id.split(':');
  const [name = '', port = KUBELET_PORT] = parts.length === 3 ? parts.slice(1) : parts;
  return port === KUBELET_PORT || port === '' ? name : `${name}-at-${port}`;
}

function metricsList(model: ClusterModel, resource: string, now: UnixMillis): Answer {
  if (resource !== 'nodes' && resource !== 'pods') return notFound();
  const timestamp = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  const common = { timestamp, window: '20.04s' };
  const usage = { cpu: '150m', memory: '512Mi' };
  const items =
    resource === 'nodes'
      ? model.nodes().map(({ name }) => ({ metadata: { name }, ...common, usage }))
      : model.nodes().flatMap((node) =>
          node.pods.map((pod) => ({
            metadata: { name: pod.state(now).name, namespace: pod.workload.namespace },
            ...common,
            containers: [{ name: 'main', usage }],
          })),
        );
  const kind = resource === 'nodes' ? 'NodeMetricsList' : 'PodMetricsList';
  return jsonAnswer(JSON.stringify({ kind, apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items }));
}

function unsupported(): Answer {
  return statusAnswer(415, 'the body of the request was in an unknown format', { reason: 'UnsupportedMediaType' });
}

function notAllowed(): Answer {
  const message = 'the server does not allow this method on the requested resource';
  return statusAnswer(405, message, { reason: 'MethodNotAllowed', details: {} });
}

function notFound(): Answer {
  return statusAnswer(404, 'the server could not find the requested resource', { reason: 'NotFound', details: {} });
}

async function bytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
