import { afterEach, describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import type { DemoCluster, DemoClusterOptions } from '../../functions/local/demo/demo-types.ts';
import type { ClusterConnection } from '../../shared/clusters/connector.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { createDeadline } from '../../shared/core/deadline.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import type { KubeClientSettings } from '../../shared/kube/create-kube-client.ts';
import { decodeNode } from '../../shared/kube/decode-objects.ts';
import { createClusterGenerator } from '../bench/cluster-generator.ts';
import { createClusterObjects } from '../bench/cluster-objects.ts';
import { USUAL_SHAPE } from '../bench/cluster-shape.ts';
import { ask, clientOf, connectionTo, failureOf, MAX_BYTES, valueIn, within } from './kube-client-support.ts';

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function start(options: DemoClusterOptions): Promise<DemoCluster> {
  const cluster = await startDemoCluster(options);
  open.push(cluster);
  return cluster;
}

function connect(
  cluster: DemoCluster,
  settings: Partial<KubeClientSettings> = {},
  connection: Partial<ClusterConnection> = {},
): KubeClient {
  const client = clientOf(connectionTo(cluster, connection), settings);
  open.push(client);
  return client;
}

/** Calls `act` before the request of this number is sent, counted from 1. */
function beforeRequest(cluster: DemoCluster, number: number, act: () => void): Partial<ClusterConnection> {
  let count = 0;
  return {
    authenticate: () => {
      if (++count === number) act();
      return Promise.resolve({ authorization: `Bearer ${cluster.token}` });
    },
  };
}

const names = (items: readonly { readonly metadata?: { readonly name?: string } }[]) =>
  items.map((item) => item.metadata?.name);

describe('lists', () => {
  it('gives nodes with what rows need and nothing else', async () => {
    const cluster = await start({ nodes: 3 });
    const client = connect(cluster);

    const nodes = valueIn(await client.listNodes(within(5_000)));

    expect(names(nodes)).toEqual(['demo-node-1', 'demo-node-2', 'demo-node-3']);
    expect(nodes[0]?.status?.capacity?.['memory']).toBe('16777216Ki');
    expect(nodes[0]?.spec?.providerID).toBe('demo:///demo-1b/demo-node-1');
    expect(nodes[0]?.status?.conditions?.at(-1)).toEqual({ type: 'Ready', status: 'True' });
    expect(JSON.stringify(nodes)).not.toContain('managedFields');
  });

  it('takes one big page when the server ignores the limit of a list from its cache', async () => {
    const cluster = await start({ nodes: 8, podsPerNode: 2 });
    const client = connect(cluster, { listPageSize: 3 });

    const nodes = valueIn(await client.listNodes(within(5_000)));

    expect(nodes).toHaveLength(8);
    expect(cluster.usage().requestsByPath.get('/api/v1/nodes')).toBe(1);
  });

  it('follows pages to the end', async () => {
    const cluster = await start({ nodes: 8, podsPerNode: 2, pagesFromCache: true });
    const client = connect(cluster, { listPageSize: 3 });

    const nodes = valueIn(await client.listNodes(within(5_000)));

    expect(new Set(names(nodes)).size).toBe(8);
    expect(cluster.usage().requestsByPath.get('/api/v1/nodes')).toBe(3);
  });

  it('goes on with the fresh token when a compaction made the old one too old', async () => {
    const cluster = await start({ nodes: 8, podsPerNode: 2, pagesFromCache: true });
    const client = connect(
      cluster,
      { listPageSize: 3 },
      beforeRequest(cluster, 2, () => cluster.compact()),
    );

    const nodes = valueIn(await client.listNodes(within(5_000)));

    expect(new Set(names(nodes)).size).toBe(8);
    expect(cluster.usage().requestsByPath.get('/api/v1/nodes')).toBe(4);
  });

  it('takes nodes in protobuf from a server that has it, and gives the same ones while nothing changed', async () => {
    const shape = { ...USUAL_SHAPE, nodes: 500 };
    const cluster = await createClusterGenerator(shape);
    const client = clientOf(connectionTo({ ...cluster, url: cluster.server }));
    open.push(cluster, client);
    const { node } = createClusterObjects(shape);

    const result = await client.listNodes(within(20_000));
    const again = valueIn(await client.listNodes(within(20_000)));

    const nodes = valueIn(result);
    const { nodes: served } = cluster.traffic().routes;
    expect(nodes).toStrictEqual(Array.from({ length: 500 }, (_, i) => decodeNode(JSON.parse(node(i)))));
    expect(again.every((one, i) => one === nodes[i])).toBe(true);
    expect(served).toMatchObject({ requests: 2 });
  });

  it('asks for metadata only of namespaces', async () => {
    const cluster = await start({ nodes: 1 });
    const client = connect(cluster);

    const result = await client.listNamespaces(within(5_000));
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    const partial = await ask(cluster, '/api/v1/namespaces', { headers: { accept } });

    const namespaces = valueIn(result);
    expect(result).toMatchObject({ bytes: partial.body.length });
    expect(names(namespaces)).toContain('shop');
    expect(namespaces.every((one) => one.metadata?.uid !== undefined)).toBe(true);
    expect(namespaces.find((one) => one.metadata?.name === 'shop')?.metadata?.labels?.['team']).toBe('storefront');
  });

  it('asks for the pods of one node alone', async () => {
    const cluster = await start({ nodes: 4, podsPerNode: 9 });
    const client = connect(cluster);

    const pods = valueIn(await client.listPods({ node: 'demo-node-2', deadline: within(5_000) }));

    const keys = pods.map((pod) => `${pod.metadata?.namespace}/${pod.metadata?.name}`);
    expect(new Set(keys)).toEqual(new Set(cluster.podsOf('demo-node-2')));
    expect(pods.every((pod) => pod.spec?.nodeName === 'demo-node-2')).toBe(true);
  });

  it('has lists packed, which costs a tenth of the bytes', async () => {
    const cluster = await start({ nodes: 10, podsPerNode: 30 });
    const client = connect(cluster);

    const result = await client.listPods({ node: undefined, deadline: within(5_000) });

    const size = JSON.stringify(valueIn(result)).length;
    expect(valueIn(result)).toHaveLength(300);
    expect(result.status === 'ok' && result.bytes / size).toBeLessThan(0.2);
  });

  it('gives up a list that unpacks to more than it may', async () => {
    const cluster = await start({ nodes: 10, podsPerNode: 30 });
    const client = connect(cluster, { maxListBytes: 200_000 });

    const failure = failureOf(await client.listPods({ node: undefined, deadline: within(5_000) }));

    expect(failure.reason).toBe('too_large');
    expect(failure.message).toContain('200000');
  });

  it('counts all pages against the size of a list', async () => {
    const cluster = await start({ nodes: 9, podsPerNode: 1, pagesFromCache: true });
    const client = connect(cluster, { listPageSize: 3, maxListBytes: 15_000 });

    const failure = failureOf(await client.listNodes(within(5_000)));

    expect(failure.reason).toBe('too_large');
    expect(cluster.usage().requestsByPath.get('/api/v1/nodes')).toBe(2);
  });
});

describe('summaries', () => {
  it('come as the kubelet wrote them', async () => {
    const cluster = await start({ nodes: 2 });
    const client = connect(cluster);

    const result = await client.getSummary('demo-node-2', { deadline: within(5_000), maxBytes: MAX_BYTES });

    const body = valueIn(result);
    expect(JSON.parse(body.toString('utf8')).node.nodeName).toBe('demo-node-2');
    expect(body.toString('utf8', 0, 12)).toBe('{\n "node": {');
    expect(result.status === 'ok' && result.bytes).toBe(body.length);
  });

  it('of 200 nodes never pass the bound in flight, and use one connection for each place', async () => {
    const cluster = await start({ nodes: 200, podsPerNode: 2, latencyMillis: 5 });
    const client = connect(cluster, { maxInFlight: 16 });
    const deadline = within(15_000);

    const results = await Promise.all(
      cluster.nodeNames().map((node) => client.getSummary(node, { deadline, maxBytes: MAX_BYTES })),
    );
    await client.listNodes(deadline);

    expect(results.filter((result) => result.status === 'ok')).toHaveLength(200);
    expect(client.usage()).toMatchObject({ requests: 201, retries: 0, peakInFlight: 16 });
    expect(cluster.usage()).toMatchObject({ requests: 201, peakInFlight: 16, connections: 16 });
  });

  it('of 160 nodes at 30 ms latency take five rounds of 32, not 160', async () => {
    const cluster = await start({ nodes: 160, podsPerNode: 1, containersPerPod: 1, latencyMillis: 30 });
    const client = connect(cluster, { maxInFlight: 32 });
    const deadline = within(15_000);
    const ask = (node: string) => client.getSummary(node, { deadline, maxBytes: MAX_BYTES });
    await Promise.all(cluster.nodeNames().map(ask));

    const began = performance.now();
    const results = await Promise.all(cluster.nodeNames().map(ask));
    const wall = performance.now() - began;

    expect(results.every((result) => result.status === 'ok')).toBe(true);
    expect(wall).toBeGreaterThan(5 * 30 - 10);
    expect(wall).toBeLessThan(2_400);
    expect(cluster.usage().connections).toBe(32);
  });

  it('are asked for once a node', async () => {
    const cluster = await start({ nodes: 5 });
    const client = connect(cluster);
    const deadline = within(5_000);

    await Promise.all(cluster.nodeNames().map((node) => client.getSummary(node, { deadline, maxBytes: MAX_BYTES })));

    const counts = [...cluster.usage().requestsByPath.values()];
    expect(counts).toEqual([1, 1, 1, 1, 1]);
  });

  it.each(['', '..', 'a/b', 'Node', 'node%2f', 'a..b', '-a', 'n'.repeat(254), 'node:10250'])(
    'are not asked of %j, which no node is called',
    async (name) => {
      const cluster = await start({ nodes: 1 });
      const client = connect(cluster);

      const summary = failureOf(await client.getSummary(name, { deadline: within(5_000), maxBytes: MAX_BYTES }));
      const pods = failureOf(await client.listPods({ node: name, deadline: within(5_000) }));

      expect([summary.reason, pods.reason]).toEqual(['invalid', 'invalid']);
      expect(cluster.usage().requests).toBe(0);
    },
  );
});

describe('connections', () => {
  it('serve one request after the other', async () => {
    const cluster = await start({ nodes: 2 });
    const client = connect(cluster);

    for (let i = 0; i < 10; i++) await client.listNodes(within(5_000));

    expect(cluster.usage()).toMatchObject({ requests: 10, connections: 1 });
  });

  it('that died while idle are replaced without anybody noticing', async () => {
    const cluster = await start({ nodes: 2 });
    const client = connect(cluster);
    await client.listNodes(within(5_000));
    cluster.setFault('api', { kind: 'down', times: 1 });

    const result = await client.getSummary('demo-node-1', { deadline: within(5_000), maxBytes: MAX_BYTES });

    expect(result.status).toBe('ok');
    expect(client.usage().retries).toBe(1);
  });

  it('that are all stale after a pause cost one try, not one each', async () => {
    const cluster = await start({ nodes: 8, podsPerNode: 1, latencyMillis: 5 });
    const client = connect(cluster);
    const summary = (node: string) => client.getSummary(node, { deadline: within(5_000), maxBytes: MAX_BYTES });
    await Promise.all(cluster.nodeNames().map(summary));
    cluster.setFault('api', { kind: 'stale' });

    const result = await summary('demo-node-1');

    expect(result.status).toBe('ok');
    expect(client.usage()).toMatchObject({ requests: 10, retries: 1 });
    expect(cluster.usage().connections).toBe(9);
  });

  it('that are new and broken are not tried again', async () => {
    const cluster = await start({ nodes: 2, faults: { api: { kind: 'down', times: 1 } } });
    const client = connect(cluster);

    const failure = failureOf(await client.getSummary('demo-node-1', { deadline: within(5_000), maxBytes: MAX_BYTES }));

    expect(failure.reason).toBe('unreachable');
    expect(client.usage()).toMatchObject({ requests: 1, retries: 0 });
  });

  it('are not opened any more by a closed client', async () => {
    const cluster = await start({ nodes: 1 });
    const client = connect(cluster);
    client.close();

    const failure = failureOf(await client.listNodes(within(5_000)));

    expect(failure).toEqual({ reason: 'unreachable', message: 'the client is closed' });
    expect(cluster.usage().connections).toBe(0);
  });
});

describe('logging in', () => {
  it('renews a refused token once, for all requests that it refused', async () => {
    const cluster = await start({ nodes: 20, podsPerNode: 1 });
    let token = 'stale-token-000000';
    let renewals = 0;
    const client = connect(
      cluster,
      {},
      {
        authenticate: ({ renew }) => {
          if (renew) {
            renewals++;
            token = cluster.token;
          }
          return Promise.resolve({ authorization: `Bearer ${token}` });
        },
      },
    );
    const deadline = within(5_000);

    const results = await Promise.all(
      cluster.nodeNames().map((node) => client.getSummary(node, { deadline, maxBytes: MAX_BYTES })),
    );

    expect(results.every((result) => result.status === 'ok')).toBe(true);
    expect(renewals).toBe(1);
  });

  it('gives up when the renewed token is refused too', async () => {
    const cluster = await start({ nodes: 1 });
    let number = 0;
    const client = connect(
      cluster,
      {},
      {
        authenticate: () => Promise.resolve({ authorization: `Bearer wrong-${number++}` }),
      },
    );

    const failure = failureOf(await client.listNodes(within(5_000)));

    expect(failure.reason).toBe('unauthorized');
    expect(cluster.usage().requests).toBe(2);
  });

  it('does not send the same refused token twice', async () => {
    const cluster = await start({ nodes: 1 });
    const client = connect(
      cluster,
      {},
      {
        authenticate: () => Promise.resolve({ authorization: 'Bearer wrong-token' }),
      },
    );

    const failure = failureOf(await client.listNodes(within(5_000)));

    expect(failure.reason).toBe('unauthorized');
    expect(cluster.usage().requests).toBe(1);
  });

  it('says why there are no credentials', async () => {
    const cluster = await start({ nodes: 1 });
    const client = connect(cluster, {}, { authenticate: () => Promise.reject(new Error('aws: no such role')) });

    const failure = failureOf(await client.listNodes(within(5_000)));

    expect(failure.reason).toBe('unauthorized');
    expect(failure.message).toContain('aws: no such role');
    expect(cluster.usage().requests).toBe(0);
  });

  it('sends nothing when the deadline passed while it got credentials', async () => {
    const cluster = await start({ nodes: 1 });
    const tick = new AbortController();
    const headers = { authorization: `Bearer ${cluster.token}` };
    const client = connect(
      cluster,
      {},
      {
        authenticate: () => {
          tick.abort();
          return Promise.resolve(headers);
        },
      },
    );
    using deadline = createDeadline(Date.now() + 5_000, systemClock, tick.signal);

    const failure = failureOf(await client.listNodes(deadline));

    expect(failure.reason).toBe('late');
    expect(cluster.usage().requests).toBe(0);
  });

  it('waits for credentials no longer than the deadline', async () => {
    const cluster = await start({ nodes: 1 });
    const client = connect(cluster, {}, { authenticate: () => new Promise(() => undefined) });

    const failure = failureOf(await client.listNodes(within(60)));

    expect(failure.reason).toBe('timeout');
  });
});

describe('clocks', () => {
  it('agree with a server whose clock is ours', async () => {
    const cluster = await start({ nodes: 1 });
    const client = connect(cluster);

    await client.listNodes(within(5_000));

    expect(client.usage().skew).toBe(0);
  });

  it('are compared with the Date of the answers', async () => {
    const cluster = await start({ nodes: 1, faults: { api: { kind: 'clock', aheadMillis: 90_000 } } });
    const client = connect(cluster);
    expect(client.usage().skew).toBeUndefined();

    await client.listNodes(within(5_000));

    expect(Math.abs((client.usage().skew ?? 0) - 90_000)).toBeLessThan(1_000);
  });
});

describe('a busy server', () => {
  /** A clock whose sleeps pass at once and are remembered. */
  const recording = () => {
    const sleeps: number[] = [];
    const clock = {
      now: systemClock.now,
      sleep: (millis: number) => {
        sleeps.push(millis);
        return Promise.resolve();
      },
    };
    return { clock, sleeps };
  };

  it('is asked again after a jittered, growing wait', async () => {
    const cluster = await start({ nodes: 1, faults: { 'demo-node-1': { kind: 'throttled', times: 3 } } });
    const { clock, sleeps } = recording();
    const client = connect(cluster, { clock, random: () => 0.5 });

    const result = await client.getSummary('demo-node-1', { deadline: within(5_000), maxBytes: MAX_BYTES });

    expect(result.status).toBe('ok');
    expect(sleeps).toEqual([125, 250, 500]);
    expect(client.usage()).toMatchObject({ requests: 4, retries: 3 });
  });

  it('is left alone for as long as its Retry-After says', async () => {
    const cluster = await start({ nodes: 1, faults: { api: { kind: 'lists_throttled', retryAfter: '2', times: 1 } } });
    const { clock, sleeps } = recording();
    const client = connect(cluster, { clock, random: () => 0.5 });

    const result = await client.listNodes(within(5_000));

    expect(result.status).toBe('ok');
    expect(sleeps).toEqual([2_125]);
  });

  it('is given up at once when its Retry-After ends after the deadline', async () => {
    const cluster = await start({ nodes: 1, faults: { 'demo-node-1': { kind: 'throttled', retryAfter: '60' } } });
    const { clock, sleeps } = recording();
    const client = connect(cluster, { clock });

    const failure = failureOf(await client.getSummary('demo-node-1', { deadline: within(5_000), maxBytes: MAX_BYTES }));

    expect(failure.reason).toBe('throttled');
    expect(sleeps).toEqual([]);
  });

  it('is given up after five tries', async () => {
    const cluster = await start({ nodes: 1, faults: { 'demo-node-1': { kind: 'throttled' } } });
    const { clock } = recording();
    const client = connect(cluster, { clock });

    const failure = failureOf(await client.getSummary('demo-node-1', { deadline: within(5_000), maxBytes: MAX_BYTES }));

    expect(failure.reason).toBe('throttled');
    expect(cluster.usage().requests).toBe(5);
  });

  it.each([
    [undefined, 'server_error'],
    ['0', 'throttled'],
  ])('that says 503 with Retry-After %s to the end is %s', async (retryAfter, reason) => {
    const fault = { kind: 'unavailable', ...(retryAfter !== undefined && { retryAfter }) } as const;
    const cluster = await start({ nodes: 1, faults: { 'demo-node-1': fault } });
    const { clock } = recording();
    const client = connect(cluster, { clock });

    const failure = failureOf(await client.getSummary('demo-node-1', { deadline: within(5_000), maxBytes: MAX_BYTES }));

    expect(failure.reason).toBe(reason);
  });

  it('that refuses lists still answers for its kubelets', async () => {
    const cluster = await start({ nodes: 4, podsPerNode: 1, maxListsInFlight: 0 });
    const { clock } = recording();
    const client = connect(cluster, { clock });
    const deadline = within(5_000);

    const list = failureOf(await client.listNodes(deadline));
    const summary = await client.getSummary('demo-node-1', { deadline, maxBytes: MAX_BYTES });

    expect(list.reason).toBe('throttled');
    expect(summary.status).toBe('ok');
  });
});
