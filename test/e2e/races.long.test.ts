import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { type CollectorProcess, startCollector } from '../reliability/collector-process.ts';
import { type KillWorld, LEASE, startKillWorld } from '../reliability/kill-world.ts';
import { AZURITE_ACCOUNT, AZURITE_KEY, startAzurite } from '../support/azurite.ts';
import { MOTO_SERVER, startMoto } from '../support/state-moto.ts';

const PROCESSES = 5;
const TICKS_EACH = 10;
const MINUTES = 2;
/** Longer than any of them may take on a busy machine: nobody's lease ends, and a claim has all the time that it may have. */
const LONG_LEASE = 60_000;

/** Lets 50 ticks of several processes race for the same minute, and for the next one. */
async function race(world: KillWorld, state: Readonly<Record<string, string>>): Promise<void> {
  const env = { ...world.env, ...state };
  const collectors = await Promise.all(Array.from({ length: PROCESSES }, () => startCollector(env)));
  try {
    // One after the other each has opened its store and has loaded the SDK of it: what races is ticks, not starts of processes.
    const first = world.nextMinute();
    for (const each of collectors) await each.tick({ ...first, millis: LONG_LEASE }).reports;
    for (let minute = 0; minute < MINUTES; minute++) {
      const order = { ...world.nextMinute(), millis: LONG_LEASE, times: TICKS_EACH };
      const reports = (await Promise.all(collectors.map((each) => each.tick(order).reports))).flat();

      const winners = reports.filter(({ status }) => status !== 'skipped');
      expect(reports).toHaveLength(PROCESSES * TICKS_EACH);
      expect(winners).toHaveLength(1);
      expect(winners[0]).toMatchObject({ status: 'whole', timestamp: order.stamp });
      expect(world.found().get(order.stamp)).toBe(
        winners[0]?.sinks.find(({ sink }) => sink === 'elasticsearch')?.encoded,
      );
    }
    const documents = world.search.indexed.length;
    expect(documents).toBe(world.search.found.size);
    expect(Math.max(...world.counted().values())).toBe(1);
  } finally {
    await Promise.all(collectors.map((each) => each.close()));
  }
}

describe('50 ticks that race for one minute', () => {
  it('export it once over file:', async () => {
    await using world = await startKillWorld();

    await race(world, {});
  }, 120_000);

  it.skipIf(MOTO_SERVER === undefined)(
    'export it once over s3:',
    async () => {
      await using world = await startKillWorld();
      const moto = await startMoto();
      try {
        const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
        const client = new S3Client({
          endpoint: moto.endpoint,
          region: 'us-east-1',
          forcePathStyle: true,
          credentials,
        });
        await client.send(new CreateBucketCommand({ Bucket: 'state' }));
        client.destroy();

        const query = new URLSearchParams({ endpoint: moto.endpoint, region: 'us-east-1' });
        await race(world, { HEAPLESS_STATE: `s3://state/race?${query}` });
      } finally {
        await moto.stop();
      }
    },
    120_000,
  );

  it('export it once over azblob:', async () => {
    await using world = await startKillWorld();
    const azurite = await startAzurite();
    try {
      const credential = new StorageSharedKeyCredential(AZURITE_ACCOUNT, AZURITE_KEY);
      await new BlobServiceClient(azurite.endpoint, credential).createContainer('state');

      const query = new URLSearchParams({ endpoint: azurite.endpoint, account_key: AZURITE_KEY });
      await race(world, { HEAPLESS_STATE: `azblob://${AZURITE_ACCOUNT}/state/race?${query}` });
    } finally {
      await azurite.stop();
    }
  }, 120_000);
});

/** Every object of a `file:` store with its bytes; its own folder of locks may change while it is read. */
async function objectsIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const groups = entries.filter((entry) => entry.isDirectory() && entry.name !== '.heapless').map(({ name }) => name);
  const below = await Promise.all(
    groups.map(async (group) => (await readdir(join(folder, group), { recursive: true })).map((f) => join(group, f))),
  );
  const files = [...entries.filter((entry) => entry.isFile()).map(({ name }) => name), ...below.flat()];
  const objects = files.filter((file) => file.endsWith('.object')).toSorted();
  const bytes = await Promise.all(objects.map((file) => readFile(join(folder, file), 'latin1')));
  return new Map(objects.map((file, at) => [file, bytes[at] ?? '']));
}

/** How many requests `elasticsearch:` has under way at once: the default of its `bulkWorkers`. */
const SEARCH_WORKERS = 3;

/** When a tick is stopped: so many ms after it began to ask slow kubelets, or while a backend has its request. */
type Moment = number | 'export';

/**
 * Stops the tick at its moment. `export`: the hanging backend has its request, and the other all of its own: what the
 * kernel holds of a request when the process is stopped goes out whatever the process does afterwards.
 */
async function stopAt(moment: Moment, world: KillWorld, collector: CollectorProcess): Promise<void> {
  if (moment === 'export') {
    const hung = world.search.requests.length + SEARCH_WORKERS;
    const whole = world.cloudwatch.bodies.length * 2;
    const isThere = (): boolean => world.search.requests.length >= hung && world.cloudwatch.bodies.length >= whole;
    for (let tries = 0; !isThere() && tries < 1000; tries++) await sleep(2);
    expect([world.search.requests.length, world.cloudwatch.bodies.length]).toEqual([hung, whole]);
  } else {
    await sleep(moment);
  }
  collector.stop();
}

describe('a tick that is stopped for longer than its lease', () => {
  it.each<Moment>([60, 120, 180, 'export'])(
    'writes nothing when it goes on, after another has taken the next minute (stopped at %s)',
    async (moment) => {
      await using world = await startKillWorld();
      const stuck = await startCollector(world.env);
      const other = await startCollector(world.env);
      try {
        await stuck.tick({ ...world.nextMinute(), millis: LONG_LEASE }).reports;
        if (moment === 'export') world.search.fail({ kind: 'hang' });
        else for (const node of world.cluster.nodeNames()) world.cluster.setFault(node, { kind: 'slow', millis: 300 });
        const doomed = stuck.tick(world.nextMinute());
        await doomed.begun;
        await stopAt(moment, world, stuck);
        await sleep(LEASE);
        const [report] = await other.tick({ ...world.nextMinute(), millis: LONG_LEASE }).reports;
        const before = await objectsIn(join(world.folder, 'state'));
        const requests = [world.search.requests.length, world.cloudwatch.bodies.length];

        stuck.resume();
        const [late] = await doomed.reports;

        expect(report?.status).toBe('whole');
        expect([world.search.requests.length, world.cloudwatch.bodies.length]).toEqual(requests);
        expect(await objectsIn(join(world.folder, 'state'))).toEqual(before);
        expect(late?.status).not.toBe('whole');
      } finally {
        stuck.resume();
        await Promise.all([stuck.kill(), other.close()]);
      }
    },
    60_000,
  );
});
