import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { createClusterObjects } from './cluster-objects.ts';
import { type ClusterShape, checkShape, isHanging } from './cluster-shape.ts';
import { createObjectLists, type Resource } from './object-lists.ts';
import { createSummaryTemplate } from './summary-template.ts';
import { createTraffic, type Route, type TrafficReport } from './traffic.ts';

/** A cluster on loopback: an API server with its kubelets behind the node proxy. */
export interface ClusterGenerator {
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** Certificate that the server's must chain to (it is its own). */
  readonly ca: string;
  readonly token: string;
  /** Moves the cluster's clock away from this machine's: counters grow and sample times move by it. */
  setClock(offsetMillis: number): void;
  traffic(): TrafficReport;
  forgetTraffic(): void;
  close(): Promise<void>;
}

type Reply =
  | {
      readonly code: number;
      readonly route: Route;
      readonly headers: Readonly<Record<string, string | number>>;
      readonly body: Buffer;
      readonly plainBytes: number;
    }
  | 'hang';

/** Go's server keeps idle connections this long. */
const KEEP_ALIVE_MILLIS = 90_000;
/** A proxied body comes in pieces of at most this size (Go's copy buffer). */
const CHUNK = 32_768;
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const TOKEN = 'bench-token-of-the-loopback-cluster';
const SUMMARY = /^\/api\/v1\/nodes\/([^/]+)\/proxy\/stats\/summary$/;
const LIST = /^\/api\/v1\/(nodes|namespaces|pods)$/;

/**
 * Serves nodes, namespaces, pods and summaries as strictly as the benchmarks need: token, method, paths and parameters are
 * checked. Bodies are templates with slots of fixed width, so that it costs less than whoever reads them.
 */
export async function createClusterGenerator(options: ClusterShape): Promise<ClusterGenerator> {
  const shape = checkShape(options);
  const start = Math.floor(Date.now() / 1_000);
  const objects = createClusterObjects(shape);
  const lists = createObjectLists(shape, objects);
  const template = createSummaryTemplate({
    pods: shape.podsPerNode,
    containersPerPod: shape.containersPerPod,
    namespaces: shape.namespaces,
    start,
  });
  const numbers = new Map(objects.names.map((name, node) => [name, node]));
  const traffic = createTraffic();
  const spare: Buffer[] = [];
  let offset = 0;

  const list = ({ headers }: IncomingMessage, resource: Resource, url: URL): Reply => {
    const wanted = (headers.accept ?? '').split(',')[0] ?? '';
    const metadataOnly = wanted.includes('as=PartialObjectMetadataList');
    const protobuf = wanted.trim() === PROTOBUF;
    const gzip = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
    const answer = lists.answer({ resource, search: url.searchParams, metadataOnly, protobuf, gzip });
    if (answer.status === 'bad') return refusal(400, answer.message, 'BadRequest');
    const { body, plainBytes, isProtobuf } = answer;
    const type = isProtobuf ? { 'content-type': PROTOBUF } : {};
    const encoding = answer.encoding === undefined ? {} : { 'content-encoding': answer.encoding };
    return {
      code: 200,
      route: resource,
      headers: { 'content-length': body.length, ...type, ...encoding },
      body,
      plainBytes,
    };
  };

  const summary = (name: string): Reply => {
    const node = numbers.get(name);
    if (node === undefined) return refusal(404, `nodes "${name}" not found`, 'NotFound');
    if (isHanging(node, shape.hanging)) return 'hang';
    const body = spare.pop() ?? template.allocate();
    template.render(body, { node, second: Math.floor((Date.now() + offset) / 1_000) });
    return { code: 200, route: 'summary', headers: {}, body, plainBytes: body.length };
  };

  const replyTo = (request: IncomingMessage): Reply => {
    const { authorization } = request.headers;
    if (authorization === undefined) return refusal(403, 'forbidden: User "system:anonymous"', 'Forbidden');
    if (authorization !== `Bearer ${TOKEN}`) return refusal(401, 'Unauthorized', 'Unauthorized');
    if (request.method !== 'GET') return refusal(405, 'only GET is served', 'MethodNotAllowed');
    const url = new URL(request.url ?? '/', 'https://cluster');
    const resource = LIST.exec(url.pathname)?.[1];
    if (resource !== undefined) return list(request, resource as Resource, url);
    const node = SUMMARY.exec(url.pathname)?.[1];
    if (node !== undefined) return summary(decodeURIComponent(node));
    return refusal(404, `no such path: ${url.pathname}`, 'NotFound');
  };

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const reply = replyTo(request);
    if (reply === 'hang') return;
    const { body } = reply;
    traffic.served(reply.route, body.length, reply.plainBytes);
    response.writeHead(reply.code, { 'content-type': 'application/json', ...reply.headers });
    response.cork();
    for (let at = 0; at < body.length; at += CHUNK) response.write(body.subarray(at, at + CHUNK));
    response.uncork();
    response.end();
    // Until it is handed to the system the bytes are in use; a broken connection's buffer is left to the collector.
    if (reply.route === 'summary') response.once('finish', () => spare.push(body));
  };

  const { private: key, cert } = await generate([{ name: 'commonName', value: 'bench cluster' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  const server = createServer({ key, cert, keepAliveTimeout: KEEP_ALIVE_MILLIS }, (request, response) => {
    traffic.begin();
    response.once('close', traffic.end);
    response.sendDate = false;
    response.setHeader('date', new Date(Date.now() + offset).toUTCString());
    if (shape.latencyMillis === 0) serve(request, response);
    else setTimeout(() => response.destroyed || serve(request, response), shape.latencyMillis);
  });
  server.on('secureConnection', traffic.connected);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    server: `https://127.0.0.1:${port}`,
    ca: cert,
    token: TOKEN,
    setClock(offsetMillis) {
      offset = offsetMillis;
    },
    traffic: traffic.report,
    forgetTraffic: traffic.forget,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function refusal(code: number, message: string, reason: string): Reply {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  const body = Buffer.from(JSON.stringify(status));
  return { code, route: 'refused', headers: { 'content-length': body.length }, body, plainBytes: body.length };
}
