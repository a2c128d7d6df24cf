import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import type { DemoCluster, DemoClusterOptions } from '../../functions/local/demo/demo-types.ts';
import { ask } from './kube-client-support.ts';

let cluster: DemoCluster | undefined;

afterEach(async () => {
  await cluster?.close();
  cluster = undefined;
});

async function start(options: DemoClusterOptions): Promise<DemoCluster> {
  cluster = await startDemoCluster(options);
  return cluster;
}

const SUMMARY = '/api/v1/nodes/demo-node-1/proxy/stats/summary';
const GZIP = { headers: { 'accept-encoding': 'gzip' } };

describe('the demo API server on the wire', () => {
  it('sends a summary in chunks and never packed, whatever is asked', async () => {
    const demo = await start({ nodes: 1, podsPerNode: 40 });

    const answer = await ask(demo, SUMMARY, GZIP);

    expect(answer.body.length).toBeGreaterThan(131_072);
    expect(answer.headers).toMatchObject({ 'transfer-encoding': 'chunked', 'content-type': 'application/json' });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.headers['content-length']).toBeUndefined();
  });

  it('packs a long list when asked, and no other', async () => {
    const demo = await start({ nodes: 4, podsPerNode: 40 });

    const packed = await ask(demo, '/api/v1/pods', GZIP);
    const plain = await ask(demo, '/api/v1/pods');
    const short = await ask(demo, '/api/v1/nodes', GZIP);

    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.body).length).toBe(plain.body.length);
    expect(packed.body.length).toBeLessThan(plain.body.length / 8);
    expect([plain, short].map(({ headers }) => headers['content-encoding'])).toEqual([undefined, undefined]);
  });

  it('answers HEAD without a body and errors with their length', async () => {
    const demo = await start({ nodes: 1 });

    const head = await ask(demo, SUMMARY, { method: 'HEAD' });
    const error = await ask(demo, '/api/v1/nodes', { headers: { authorization: 'Bearer wrong' } });

    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(error.headers['content-length']).toBe('129');
    expect(error.headers['cache-control']).toBe('no-cache, private');
  });

  it('takes the new token alone after a rotation', async () => {
    const demo = await start({ nodes: 1 });
    const old = demo.token;
    demo.rotateToken();

    const answers = await Promise.all(
      [old, demo.token].map((token) => ask(demo, '/version', { headers: { authorization: `Bearer ${token}` } })),
    );

    expect(answers.map(({ status }) => status)).toEqual([401, 200]);
  });

  it('refuses lists beyond its bound with 429 and lets proxied requests pass', async () => {
    const demo = await start({ nodes: 1, maxListsInFlight: 2, latencyMillis: 100 });

    const lists = await Promise.all(Array.from({ length: 6 }, () => ask(demo, '/api/v1/pods')));
    const summaries = await Promise.all(Array.from({ length: 6 }, () => ask(demo, SUMMARY)));

    expect(lists.map(({ status }) => status)).toContain(429);
    expect(lists.find(({ status }) => status === 429)?.headers['retry-after']).toBe('1');
    expect(summaries.every(({ status }) => status === 200)).toBe(true);
  });

  it('is reached with what its kubeconfig says', async () => {
    const demo = await start({ nodes: 1 });

    const config = JSON.parse(demo.kubeconfig());

    expect(config.clusters[0].cluster.server).toBe(demo.url);
    expect(Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64').toString()).toBe(demo.ca);
    expect(config.users[0].user.token).toBe(demo.token);
  });

  it('refuses faults of nodes that there are not, and of the wrong kind', async () => {
    const demo = await start({ nodes: 1 });

    expect(() => demo.setFault('demo-node-9', { kind: 'hang' })).toThrow(RangeError);
    expect(() => demo.setFault('api', { kind: 'hang' })).toThrow(RangeError);
    expect(() => demo.setFault('demo-node-1', { kind: 'down' })).toThrow(RangeError);
    await expect(startDemoCluster({ faults: { nowhere: { kind: 'hang' } } })).rejects.toThrow(
      'there is no node nowhere',
    );
  });

  it('closes at once although a kubelet hangs', async () => {
    const demo = await start({ nodes: 1, faults: { 'demo-node-1': { kind: 'hang' } } });
    const hanging = ask(demo, SUMMARY).catch((error: Error) => error.message);
    while (demo.usage().requests === 0) await new Promise((resolve) => setImmediate(resolve));

    await demo.close();

    expect(await hanging).toMatch(/socket hang up|ECONNRESET/);
  });
});
