import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TickReport } from '../../shared/app/tick-report.ts';
import type { AzureApp } from '../support/azure-stack.ts';
import { type AzureWorld, reportOf, startAzureWorld } from '../support/azure-world.ts';

const NODES = 5;
const DEAD = 'demo-node-2';
const SOON = { timeout: 10_000 };
const SCHEDULE = '0 * * * * *';

describe('the app on Azure Functions', () => {
  let world: AzureWorld;
  let app: AzureApp;
  let first: TickReport;
  let partial: TickReport;

  beforeAll(async () => {
    world = await startAzureWorld({ nodes: NODES, podsPerNode: 6 }, { HEAPLESS_SHARD_SIZE: '2' });
    app = await world.startApp({ HEAPLESS_AZURE_SCHEDULE: SCHEDULE });
    first = reportOf(await world.nextMinute(app));
    world.cluster.setFault(DEAD, { kind: 'refuse' });
    partial = reportOf(await world.nextMinute(app));
    await app.byHand();
  }, 120_000);

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  }, 30_000);

  it('registers a timer and two functions for callers by HTTP', async () => {
    const functions = await app.functions();
    const shown = functions.map(({ name, bindings }) => [name, Object.values(bindings)]);

    expect(shown).toEqual([
      [
        'tick',
        [expect.objectContaining({ type: 'timerTrigger', schedule: SCHEDULE, useMonitor: true, direction: 'in' })],
      ],
      ...['scrape', 'reduce'].map((name) => [
        name,
        [
          expect.objectContaining({ type: 'httpTrigger', authLevel: 'anonymous', methods: ['POST'], route: name }),
          expect.objectContaining({ type: 'http', direction: 'out' }),
        ],
      ]),
    ]);
    // The host would run a timer at every start of an instance.
    expect(JSON.stringify(functions)).not.toContain('runOnStartup');
  });

  it('runs the tick of the minute and fans out over HTTP', async () => {
    expect(first).toMatchObject({
      cluster: 'demo',
      status: 'whole',
      nodes: { planned: NODES, answered: NODES, failed: 0, late: 0 },
      shards: { planned: 3, answered: 3 },
      warnings: [],
    });
    expect(first.timestamp % 60_000).toBe(0);
    expect(first.lag).toBeLessThan(10_000);
    // Two whole minutes, and one that was done already. Lines come through the host's pipe when they come.
    const minute = ['tick', 'scrape', 'scrape', 'scrape', 'reduce'];
    await expect.poll(() => app.executed(), SOON).toEqual([...minute, ...minute, 'tick']);
  });

  it('makes rates from the counters that the tick before it saved in blobs', async () => {
    expect(first.rates.computed).toBe(0);
    expect(partial.rates.computed).toBeGreaterThan(0);
    expect(await world.stack.blobs()).toEqual([
      'heapless/claim/demo',
      'heapless/counters/demo/s0',
      'heapless/counters/demo/s1',
      'heapless/counters/demo/s2',
      'heapless/plan/demo',
    ]);
  });

  it('logs the reports that the alerts of the template read', async () => {
    await expect
      .poll(() => app.events('tick').map(({ report }) => report), SOON)
      .toMatchObject([
        { nodes: { planned: NODES, answered: NODES }, sinks: [{ rejected: 0, dropped: 0 }] },
        { nodes: { planned: NODES, answered: NODES - 1 }, sinks: [{ rejected: 0, dropped: 0 }] },
        { status: 'skipped' },
      ]);
  });

  it("asks for each token once, and for the directory's keys once", () => {
    const asked = world.stack.cloud.log.map((line) => line.replace(/^GET \/[-0-9a-f]{36}\//, 'GET /TENANT/'));

    expect(asked.filter((line) => line.includes('/discovery/'))).toEqual(['GET /TENANT/discovery/v2.0/keys 200']);
    // For the storage, the vault and this app itself.
    expect(asked.filter((line) => line.includes('/msi/token'))).toEqual(Array(3).fill('GET /msi/token 200'));
    expect(asked.filter((line) => line.includes('/secrets/'))).not.toEqual([]);
  });
});
