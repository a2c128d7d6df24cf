import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCertificate } from '../../functions/local/demo/certificate.ts';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import type { ApiFault, NodeFault } from '../../functions/local/demo/demo-fault.ts';
import type { DemoCluster, DemoRight } from '../../functions/local/demo/demo-types.ts';
import type { ClusterConnection } from '../../shared/clusters/connector.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { createDeadline } from '../../shared/core/deadline.ts';
import { ConfigError } from '../../shared/core/errors.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { clientOf, connectionTo, failureOf, MAX_BYTES, valueIn, within } from './kube-client-support.ts';

const NODE = 'demo-node-1';
/** No answer in this time is none. */
const SHORT = 250;

let cluster: DemoCluster;
const open: { close(): unknown }[] = [];

beforeEach(async () => {
  cluster = await startDemoCluster({ nodes: 2, podsPerNode: 6 });
  open.push(cluster);
});

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

function connect(connection: Partial<ClusterConnection> = {}, to: DemoCluster = cluster): KubeClient {
  const client = clientOf(connectionTo(to, connection));
  open.push(client);
  return client;
}

async function summaryFailure(
  fault: NodeFault,
  options: { readonly millis?: number; readonly maxBytes?: number } = {},
) {
  cluster.setFault(NODE, fault);
  const deadline = within(options.millis ?? 5_000);
  return failureOf(await connect().getSummary(NODE, { deadline, maxBytes: options.maxBytes ?? MAX_BYTES }));
}

async function listFailure(fault: ApiFault, millis = 5_000) {
  cluster.setFault('api', fault);
  return failureOf(await connect().listNodes(within(millis)));
}

describe('a kubelet behind the proxy', () => {
  it.each<[NodeFault, string, RegExp]>([
    [{ kind: 'refuse' }, 'unreachable', /cannot reach the kubelet: .*connection refused/],
    [{ kind: 'truncate' }, 'not_json', /ends in the middle/],
    [{ kind: 'html' }, 'not_json', /HTML instead of JSON.*502 Bad Gateway/],
    [{ kind: 'empty' }, 'not_json', /empty body/],
    [{ kind: 'reset' }, 'unreachable', /broke in the answer, after \d+ bytes/],
    [{ kind: 'garbage' }, 'unreachable', /not HTTP/],
    [{ kind: 'redirect' }, 'unexpected_status', /^307: a redirect to 10\.20\.\d+\.\d+:10250 is not followed/],
    [{ kind: 'unauthorized' }, 'unauthorized', /^401/],
    [{ kind: 'forbidden' }, 'forbidden', /^403: the kubelet refused the API server .*system:kubelet-api-admin/],
    [{ kind: 'not_found' }, 'not_found', /^404: the kubelet has no .*404 page not found/],
    [{ kind: 'server_error' }, 'server_error', /^500: Internal Error: failed to get node stats/],
    [{ kind: 'throttled', retryAfter: '30' }, 'throttled', /^429/],
    [{ kind: 'unavailable', retryAfter: '30' }, 'throttled', /^503/],
  ])('with fault %j is %s', async (fault, reason, message) => {
    const failure = await summaryFailure(fault);

    expect(failure.reason).toBe(reason);
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain(cluster.token);
    expect(failure.message).not.toContain('token=secret');
  });

  it.each<[NodeFault]>([
    [{ kind: 'hang' }],
    [{ kind: 'slow', millis: 10_000 }],
    [{ kind: 'drip', bytesPerSecond: 2_000 }],
  ])('with fault %j costs no more than the deadline of its node', async (fault) => {
    const began = performance.now();

    const failure = await summaryFailure(fault, { millis: SHORT });

    expect(failure.reason).toBe('timeout');
    expect(performance.now() - began).toBeLessThan(SHORT + 400);
  });

  it('that sends more than the cap is cut off there', async () => {
    const failure = await summaryFailure({ kind: 'oversize', bytes: 3_000_000 }, { maxBytes: 1_000_000 });

    expect(failure.reason).toBe('too_large');
    expect(failure.message).toContain('1000000');
  });

  it.each<[NodeFault]>([[{ kind: 'deep_nesting' }], [{ kind: 'wrong_node' }], [{ kind: 'slow', millis: 50 }]])(
    'with fault %j gives a body that the decoder must judge',
    async (fault) => {
      cluster.setFault(NODE, fault);

      const result = await connect().getSummary(NODE, { deadline: within(5_000), maxBytes: MAX_BYTES });

      expect(valueIn(result).at(0)).toBe(0x7b);
    },
  );

  it('of a node that is gone is not found', async () => {
    cluster.removeNode(NODE);

    const failure = failureOf(await connect().getSummary(NODE, { deadline: within(5_000), maxBytes: MAX_BYTES }));

    expect(failure.reason).toBe('not_found');
    expect(failure.message).toContain('no such node any more');
  });

  it('that hangs keeps no other node waiting', async () => {
    cluster.setFault(NODE, { kind: 'hang' });
    const client = connect();
    const ask = (node: string) => client.getSummary(node, { deadline: within(SHORT), maxBytes: MAX_BYTES });

    const results = await Promise.all([NODE, 'demo-node-2'].map(ask));

    expect(results.map((result) => result.status)).toEqual(['failed', 'ok']);
  });
});

describe('the end of the tick', () => {
  it('before the own deadline of a node makes it late, not slow', async () => {
    cluster.setFault(NODE, { kind: 'hang' });
    const tick = new AbortController();
    const deadline = createDeadline(Date.now() + 60_000, systemClock, tick.signal);
    open.push({ close: () => deadline[Symbol.dispose]() });
    const asked = connect().getSummary(NODE, { deadline, maxBytes: MAX_BYTES });
    setTimeout(() => tick.abort(), 100);

    const failure = failureOf(await asked);

    expect(failure.reason).toBe('late');
  });

  it('while waiting for a place makes a node late', async () => {
    cluster.setFault(NODE, { kind: 'hang' });
    const client = clientOf(connectionTo(cluster), { maxInFlight: 1 });
    open.push(client);
    const ask = (node: string) => client.getSummary(node, { deadline: within(SHORT), maxBytes: MAX_BYTES });

    const results = await Promise.all([NODE, 'demo-node-2'].map(ask));

    expect(results.map((result) => failureOf(result).reason)).toEqual(['timeout', 'late']);
    expect(cluster.usage().requests).toBe(1);
  });

  it('in the past asks nothing', async () => {
    const failure = failureOf(await connect().listNodes(within(-1)));

    expect(failure.reason).toBe('late');
    expect(cluster.usage().connections).toBe(0);
  });
});

describe('an API server that cannot be reached', () => {
  it('because nothing listens there says which part of the URL to check', async () => {
    const { url } = cluster;
    await cluster.close();

    const failure = failureOf(await connect({ server: url }).listNodes(within(5_000)));

    expect(failure.reason).toBe('unreachable');
    expect(failure.message).toMatch(/check host and port of the server URL \(.*ECONNREFUSED/);
  });

  it('because its certificate is of another authority says to check the CA', async () => {
    const { ca } = await createCertificate();

    const failure = failureOf(await connect({ ca }).listNodes(within(5_000)));

    expect(failure.reason).toBe('unreachable');
    expect(failure.message).toMatch(/not trusted: check the certificate authority/);
  });

  it('because no CA was given and its certificate is private says the same', async () => {
    const failure = failureOf(await connect({ ca: undefined }).listNodes(within(5_000)));

    expect(failure.message).toMatch(/check the certificate authority/);
  });

  it('because its certificate is for another name says so', async () => {
    const failure = failureOf(await connect({ serverName: 'prod.example' }).listNodes(within(5_000)));

    expect(failure.reason).toBe('unreachable');
    expect(failure.message).toMatch(/for another name: check the server URL or set the TLS server name/);
  });

  it('is reached by a name that its certificate has', async () => {
    const nodes = await connect({ serverName: 'kubernetes.default.svc' }).listNodes(within(5_000));

    expect(valueIn(nodes)).toHaveLength(2);
  });

  it('is reached without any check only if that was asked for', async () => {
    const nodes = await connect({ ca: undefined, insecure: true }).listNodes(within(5_000));

    expect(valueIn(nodes)).toHaveLength(2);
  });

  it('because it is down says to check what is on the way', async () => {
    const failure = await listFailure({ kind: 'down' });

    expect(failure.reason).toBe('unreachable');
    expect(failure.message).toMatch(/closed by the other side/);
  });

  it('because the port does not speak TLS says so', async () => {
    const plain = createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    open.push(plain);
    const server = `https://127.0.0.1:${(plain.address() as AddressInfo).port}`;

    const failure = failureOf(await connect({ server }).listNodes(within(5_000)));

    expect(failure.reason).toBe('unreachable');
    expect(failure.message).toMatch(/TLS/);
  });

  it('at an http:// URL is refused before a token travels', () => {
    expect(() => connect({ server: cluster.url.replace('https', 'http') })).toThrow(ConfigError);
  });
});

describe('an API server that forbids', () => {
  const start = async (...rights: DemoRight[]) => {
    const strict = await startDemoCluster({ nodes: 1, rights, user: 'lister' });
    open.push(strict);
    return connect({}, strict);
  };

  it('the node proxy names that right', async () => {
    const client = await start('list nodes', 'get nodes/stats');

    const failure = failureOf(await client.getSummary(NODE, { deadline: within(5_000), maxBytes: MAX_BYTES }));

    expect(failure).toEqual({
      reason: 'forbidden',
      message: '403: user "lister" may not get nodes/proxy: grant verb get on resource nodes/proxy in a ClusterRole',
    });
  });

  it.each(['nodes', 'namespaces', 'pods'] as const)('listing %s names that right', async (resource) => {
    const client = await start('get nodes/proxy');
    const deadline = within(5_000);
    const list = {
      nodes: () => client.listNodes(deadline),
      namespaces: () => client.listNamespaces(deadline),
      pods: () => client.listPods({ node: NODE, deadline }),
    };

    const failure = failureOf(await list[resource]());

    expect(failure.reason).toBe('forbidden');
    expect(failure.message).toContain(`grant verb list on resource ${resource} in a ClusterRole`);
  });

  it('anonymous requests says that the token is missing', async () => {
    const client = connect({ authenticate: () => Promise.resolve({}) });

    const failure = failureOf(await client.listNodes(within(5_000)));

    expect(failure.reason).toBe('forbidden');
    expect(failure.message).toMatch(/no credentials reached the API server.*check the token/);
  });
});

describe('an API server that lies or fails', () => {
  it.each<[ApiFault, string, RegExp]>([
    [{ kind: 'lists_fail' }, 'server_error', /^500: etcdserver: request timed out/],
    [{ kind: 'lists_forbidden' }, 'forbidden', /grant verb list on resource nodes/],
    [{ kind: 'lists_html' }, 'not_json', /HTML instead of JSON/],
    [{ kind: 'lists_loop' }, 'invalid', /circles/],
    [{ kind: 'lists_throttled', retryAfter: '30' }, 'throttled', /Too many requests/],
  ])('with fault %j is %s', async (fault, reason, message) => {
    const failure = await listFailure(fault);

    expect(failure.reason).toBe(reason);
    expect(failure.message).toMatch(message);
  });

  it('and hangs costs no more than the deadline', async () => {
    const failure = await listFailure({ kind: 'lists_hang' }, SHORT);

    expect(failure.reason).toBe('timeout');
  });

  it('recovers: the next tick has everything', async () => {
    cluster.setFault(NODE, { kind: 'reset', times: 1 });
    const client = connect();
    const ask = () => client.getSummary(NODE, { deadline: within(5_000), maxBytes: MAX_BYTES });

    const results = [await ask(), await ask()];

    expect(results.map((result) => result.status)).toEqual(['failed', 'ok']);
  });
});
