import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import type { DemoCluster } from '../../functions/local/demo/demo-types.ts';
import { localPlatform } from '../../functions/local/platform.ts';
import { createRuntime } from '../../shared/app/runtime.ts';
import { runTick } from '../../shared/app/tick.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { SECOND } from '../../shared/core/units.ts';
import { createPatientClock } from '../support/patient-clock.ts';
import { clientOf, connectionTo, failureOf, within } from './kube-client-support.ts';

/** Time of a tick that has a cluster which never answers. */
const WHOLE_TICK = 12 * SECOND;

let folder = '';
let good: readonly DemoCluster[] = [];
let hanging: Server;
const sockets = new Set<Socket>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heapless-several-'));
  good = [
    await startDemoCluster({ nodes: 2, podsPerNode: 3 }),
    await startDemoCluster({ nodes: 3, podsPerNode: 3, seed: 2 }),
  ];
  hanging = createServer((socket) => void sockets.add(socket.on('error', () => socket.destroy())));
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all([new Promise((resolve) => hanging.close(resolve)), ...good.map((cluster) => cluster.close())]);
  await rm(folder, { recursive: true, force: true });
});

/** One tick of all; the reports are in the order of the sources. */
async function tick(): Promise<readonly TickReport[]> {
  const sources: string[] = [];
  for (const [index, cluster] of good.entries()) {
    const path = join(folder, `config-${index}`);
    await writeFile(path, cluster.kubeconfig());
    sources.push(`kubernetes.summary_api:?auth=${encodeURIComponent(path)}&cluster_name=good-${index}`);
  }
  const { port } = hanging.address() as AddressInfo;
  sources.splice(1, 0, `kubernetes.summary_api:https://127.0.0.1:${port}?token=abcdefgh&cluster_name=hanging`);
  // A busy machine makes the clusters that answer no slower by this clock.
  using clock = createPatientClock(Date.now());
  const runtime = await createRuntime({
    env: {
      HEAPLESS_SOURCE: sources.join(' '),
      HEAPLESS_SINK: 'log:',
      HEAPLESS_STATE: `file:${join(folder, 'state')}`,
      HEAPLESS_SCRAPE_TIMEOUT: '5s',
      HEAPLESS_LOG_LEVEL: 'error',
    },
    platform: { ...localPlatform({ write: () => undefined, writeLog: () => undefined }), clock },
  });
  try {
    const results = await runTick(runtime, { scheduledTime: undefined, endBy: clock.now() + WHOLE_TICK });
    return results.map(({ report }) => report);
  } finally {
    await runtime.close();
  }
}

describe('three clusters of one deployment, one of which never answers', () => {
  it('have a report each, and the two others are done long before it', async () => {
    const reports = await tick();

    expect(reports.map(({ cluster, status }) => [cluster, status])).toEqual([
      ['good-0', 'whole'],
      ['hanging', 'nothing'],
      ['good-1', 'whole'],
    ]);
    expect(reports.map(({ nodes }) => nodes.answered)).toEqual([2, 0, 3]);
    const [first = 0, slow = 0, last = 0] = reports.map(({ stages }) => stages['total']);
    expect(slow).toBeLessThanOrEqual(WHOLE_TICK);
    expect(Math.max(first, last)).toBeLessThan(slow / 2);
    expect(reports[1]?.reason).toMatch(/nodes could not be listed|connecting to cluster hanging/);
  }, 30_000);
});

describe("a refusal by a cloud's cluster", () => {
  it('is told with the advice of its connector, once a renewal did not help', async () => {
    const [cluster] = good;
    if (cluster === undefined) throw new Error('no cluster');
    let token = 0;
    const client = clientOf(
      connectionTo(cluster, {
        authenticate: async () => ({ authorization: `Bearer wrong-token-${token++}` }),
        advise: ({ status, user }) => `do this for ${status} ${user}`,
      }),
    );

    const failure = failureOf(await client.listNodes(within(5_000)));
    client.close();

    expect(failure).toMatchObject({
      reason: 'unauthorized',
      message: expect.stringMatching(/; do this for 401 undefined$/),
    });
    expect(token).toBe(2);
  });

  it('names the user that the cluster took us for', async () => {
    const cluster = await startDemoCluster({ nodes: 1, rights: [] });
    const client = clientOf(connectionTo(cluster, { advise: ({ status, user }) => `do this for ${status} ${user}` }));

    const failure = failureOf(await client.listNodes(within(5_000)));
    client.close();
    await cluster.close();

    expect(failure).toMatchObject({ reason: 'forbidden', message: expect.stringMatching(/; do this for 403 [^ ]+$/) });
    expect(failure.message).not.toContain('403 undefined');
  });
});
