import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterGenerator, createClusterGenerator } from '../../bench/cluster-generator.ts';
import { USUAL_SHAPE } from '../../bench/cluster-shape.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface List {
  readonly kind: string;
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly { readonly metadata: { readonly name: string }; readonly spec?: unknown }[];
}

const SUMMARY = '/api/v1/nodes/pool-a-00001/proxy/stats/summary';

let cluster: ClusterGenerator;
beforeAll(async () => {
  cluster = await createClusterGenerator({ ...USUAL_SHAPE, nodes: 40, hanging: 0.05 });
});
afterAll(() => cluster.close());

function ask(
  path: string,
  headers: Record<string, string> = { authorization: `Bearer ${cluster.token}` },
  options: { readonly method?: string; readonly signal?: AbortSignal } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${cluster.server}${path}`,
      { ca: cluster.ca, headers, agent: false, ...options },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

function listOf({ body }: Answer): List {
  return JSON.parse(body.toString()) as List;
}

describe('the generated cluster', () => {
  it('needs its token: 403 without one, 401 with another', async () => {
    const [none, other] = await Promise.all([ask(SUMMARY, {}), ask(SUMMARY, { authorization: 'Bearer x' })]);

    expect([none.status, other.status]).toEqual([403, 401]);
    expect(JSON.parse(none.body.toString())).toMatchObject({ kind: 'Status', code: 403, reason: 'Forbidden' });
  });

  it.each([
    ['/api/v1/nodes/pool-a-00400/proxy/stats/summary', 404],
    ['/api/v1/services', 404],
    ['/api/v1/pods?watch=1', 400],
    ['/api/v1/pods?fieldSelector=status.phase%3DRunning', 400],
    ['/api/v1/nodes?fieldSelector=spec.nodeName%3Dx', 400],
    ['/api/v1/pods?limit=10&continue=nonsense', 400],
  ])('refuses %s with %i', async (path, status) => {
    const answer = await ask(path);

    expect(answer.status).toBe(status);
  });

  it('serves GET only', async () => {
    const answer = await ask(SUMMARY, { authorization: `Bearer ${cluster.token}` }, { method: 'POST' });

    expect(answer.status).toBe(405);
  });

  it('answers a summary in chunks, never packed', async () => {
    const answer = await ask(SUMMARY, { authorization: `Bearer ${cluster.token}`, 'accept-encoding': 'gzip' });

    expect(answer.headers).toMatchObject({ 'transfer-encoding': 'chunked' });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(answer.body.toString())).toMatchObject({ node: { nodeName: 'pool-a-00001' } });
  });

  it('moves with its clock', async () => {
    const sampled = async (): Promise<{ readonly time: string; readonly usageCoreNanoSeconds: number }> => {
      const { body } = await ask(SUMMARY);
      const { node } = JSON.parse(body.toString()) as { node: { cpu: { time: string; usageCoreNanoSeconds: number } } };
      return node.cpu;
    };
    const before = await sampled();
    cluster.setClock(120_000);

    const after = await sampled();

    cluster.setClock(0);
    const seconds = (Date.parse(after.time) - Date.parse(before.time)) / 1_000;
    expect(seconds).toBeGreaterThanOrEqual(120);
    expect(after.usageCoreNanoSeconds - before.usageCoreNanoSeconds).toBe(seconds * 90_000_000);
  });

  it('pages with limit and continue, and says how many are left', async () => {
    const first = listOf(await ask('/api/v1/nodes?limit=25'));
    const second = listOf(await ask(`/api/v1/nodes?limit=25&continue=${first.metadata.continue}`));

    expect(first).toMatchObject({ kind: 'NodeList', metadata: { remainingItemCount: 15 } });
    expect(second.metadata.continue).toBeUndefined();
    const names = [...first.items, ...second.items].map((item) => item.metadata.name);
    expect(new Set(names).size).toBe(40);
  });

  it('ignores the limit from the watch cache, as the real one does', async () => {
    const list = listOf(await ask('/api/v1/nodes?limit=25&resourceVersion=0'));

    expect(list.items.length).toBe(40);
  });

  it('lists the pods of one node, packed above 128 KiB if asked', async () => {
    const path = '/api/v1/pods?fieldSelector=spec.nodeName%3Dpool-a-00003';
    const [plain, packed] = await Promise.all([
      ask(path),
      ask(path, { authorization: `Bearer ${cluster.token}`, 'accept-encoding': 'gzip' }),
    ]);

    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    expect(listOf(plain).items.length).toBe(30);
    expect(listOf(plain).items.every((pod) => pod.metadata.name.endsWith('-00003'))).toBe(true);
  });

  it('lists metadata only if that is what is asked for first', async () => {
    const list = listOf(
      await ask('/api/v1/namespaces', {
        authorization: `Bearer ${cluster.token}`,
        accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
      }),
    );

    expect(list.kind).toBe('PartialObjectMetadataList');
    expect(list.items.length).toBe(50);
    expect(list.items.every((item) => item.spec === undefined)).toBe(true);
  });

  it('answers nodes and pods in protobuf if asked for it first, and namespaces never', async () => {
    const accept = 'application/vnd.kubernetes.protobuf,application/json';
    const bodies = await Promise.all(
      ['nodes', 'pods', 'namespaces'].map((resource) =>
        ask(`/api/v1/${resource}?limit=2`, { authorization: `Bearer ${cluster.token}`, accept }),
      ),
    );

    expect(bodies.map(({ headers }) => headers['content-type'])).toEqual([
      'application/vnd.kubernetes.protobuf',
      'application/vnd.kubernetes.protobuf',
      'application/json',
    ]);
    expect(bodies.map(({ body }) => body.toString('latin1', 0, 3))).toEqual(['k8s', 'k8s', '{"k']);
  });

  it('lets the share of nodes hang that it was told, until the client leaves', async () => {
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(10_000)]);
    const headers = { authorization: `Bearer ${cluster.token}` };

    const hung = ask('/api/v1/nodes/pool-a-00019/proxy/stats/summary', headers, { signal });
    const live = await ask('/api/v1/nodes/pool-a-00018/proxy/stats/summary');
    controller.abort();

    expect(live.status).toBe(200);
    await expect(hung).rejects.toThrow();
  });

  it('counts requests, bytes as sent and before packing, and those in flight', async () => {
    cluster.forgetTraffic();
    const gzip = { authorization: `Bearer ${cluster.token}`, 'accept-encoding': 'gzip' };
    const [summary, pods] = await Promise.all([
      ask(SUMMARY),
      ask('/api/v1/pods?fieldSelector=spec.nodeName%3Dpool-a-00003', gzip),
    ]);
    await ask('/nowhere');

    const { routes, peakInFlight } = cluster.traffic();

    const plain = gunzipSync(pods.body).length;
    expect(routes.summary).toEqual({ requests: 1, bytes: summary.body.length, plainBytes: summary.body.length });
    expect(routes.pods).toEqual({ requests: 1, bytes: pods.body.length, plainBytes: plain });
    expect(routes.refused.requests).toBe(1);
    expect(peakInFlight).toBeGreaterThanOrEqual(1);
    expect(peakInFlight).toBeLessThanOrEqual(2);
  });

  it('refuses a shape that cannot be', async () => {
    await expect(createClusterGenerator({ ...USUAL_SHAPE, nodes: 0 })).rejects.toThrow('nodes must be');
    await expect(createClusterGenerator({ ...USUAL_SHAPE, hanging: 2 })).rejects.toThrow('hanging must be');
  });
});
