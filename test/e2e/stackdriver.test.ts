import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Runtime } from '../../shared/app/runtime.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { MINUTE } from '../../shared/core/units.ts';
import type { SinkReport } from '../../shared/delivery/report.ts';
import { type MonitoringServer, startMonitoringServer } from '../sim/monitoring-server.ts';
import { startTickWorld, type TickWorld } from '../support/tick-world.ts';

/** The line of Heapster's users, as it stands in their manifests. */
const SEED =
  'stackdriver:?cluster_name=prod&use_old_resources=true&use_new_resources=false&min_interval_sec=100&batch_export_timeout_sec=110';

let world: TickWorld;
let server: MonitoringServer;

afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function start(sink: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  let now = (): number => Date.now();
  server = await startMonitoringServer({ now: () => now() });
  const place = `project=acme&endpoint=${encodeURIComponent(server.url)}`;
  world = await startTickWorld({ env: { HEAPLESS_SINK: `${sink}&${place}`, ...env } });
  now = () => world.clock.now();
}

function sinkOf(report: TickReport | undefined): SinkReport {
  const [sink] = report?.sinks ?? [];
  if (sink === undefined) throw new Error('no sink in the report');
  return sink;
}

async function ticks(count: number): Promise<readonly TickReport[]> {
  const reports: TickReport[] = [];
  for (let tick = 0; tick < count; tick++) reports.push(await world.tick());
  return reports;
}

/** Stamps of what is stored, each once, in minutes since the first tick. */
function minutes(first: number): readonly number[] {
  const ends = server.written.map(({ points }) => ((points[0]?.end ?? 0) - first) / MINUTE);
  return [...new Set(ends)].sort((a, b) => a - b);
}

describe('stackdriver:', () => {
  it("exports every second minute by the seed's own line, over cold starts and shards", async () => {
    await start(SEED, { HEAPLESS_SHARD_SIZE: '1' });

    const reports = await ticks(6);

    expect(minutes(reports[0]?.timestamp ?? 0)).toEqual([0, 2, 4]);
    expect(reports.map((report) => sinkOf(report).delivered > 0)).toEqual([true, false, true, false, true, false]);
    expect(reports.map((report) => report.status)).toEqual(reports.map(() => 'whole'));
    expect(new Set(server.written.map(({ resource }) => resource))).toEqual(new Set(['gke_container']));
    expect(new Set(server.written.map(({ resourceLabels }) => resourceLabels['cluster_name']))).toEqual(
      new Set(['prod']),
    );
  }, 60_000);

  it('tells what rests as neither delivered nor lost', async () => {
    await start(SEED);

    const [first, second, third] = await ticks(3);

    expect(sinkOf(first)).not.toHaveProperty('resting');
    expect(sinkOf(second)).toMatchObject({
      encoded: 0,
      delivered: 0,
      rejected: 0,
      dropped: 0,
      spilled: 0,
      requests: 0,
    });
    expect(sinkOf(second).resting).toBe(sinkOf(third).encoded);
  }, 30_000);

  it('lets totals and its own numbers rest too', async () => {
    await start('stackdriver:?levels=*&metrics=*&min_interval_sec=100');

    const reports = await ticks(3);

    expect(minutes(reports[0]?.timestamp ?? 0)).toEqual([0, 2]);
    expect(server.written.some(({ type }) => type.endsWith('/cluster/heapless/lag'))).toBe(true);
  }, 30_000);

  it('takes every tick without an interval, in one sound series each', async () => {
    await start('stackdriver:?levels=*&metrics=*&use_new_resources=true');

    const reports = await ticks(4);

    expect(minutes(reports[0]?.timestamp ?? 0)).toEqual([0, 1, 2, 3]);
    expect(reports.map((report) => sinkOf(report).problems)).toEqual(reports.map(() => []));
    expect(new Set(server.written.map(({ resource }) => resource))).toEqual(
      new Set(['gke_container', 'k8s_container', 'k8s_pod', 'k8s_node', 'k8s_cluster']),
    );
  }, 30_000);

  it('sends what waits before anything newer, also in a tick that rests', async () => {
    await start(SEED);
    server.failAlways({ kind: 'status', code: 14, message: 'The service is currently unavailable' });
    const lost = await world.tick();
    server.recover();

    const rest = await world.tick();
    const next = await world.tick();

    expect(sinkOf(lost).spilled).toBe(sinkOf(lost).encoded);
    expect(sinkOf(rest).backlog).toMatchObject({ replayed: sinkOf(lost).encoded, waiting: 0 });
    expect(sinkOf(rest).resting).toBeGreaterThan(0);
    expect(minutes(lost.timestamp)).toEqual([0, 2]);
    expect(sinkOf(next).rejected).toBe(0);
  }, 30_000);

  it('keeps newer ticks waiting while an older one does', async () => {
    await start('stackdriver:?cluster_name=prod');
    server.failAlways({ kind: 'status', code: 14, message: 'The service is currently unavailable' });
    const [first] = await ticks(3);
    server.recover();

    const back = await world.tick();

    expect(sinkOf(back).backlog).toMatchObject({ waiting: 0, rejected: 0, expired: 0 });
    expect(minutes(first?.timestamp ?? 0)).toEqual([0, 1, 2, 3]);
    const ends = server.written.map(({ points }) => points[0]?.end ?? 0);
    expect(ends).toEqual(ends.toSorted((a, b) => a - b));
  }, 30_000);

  it('lets nobody rest when the state cannot be read, and says so', async () => {
    await start(SEED);
    const first = await world.tick();
    const file = join(world.folder, 'state', 'sinks', 'world.object');
    const stored = await readFile(file, 'utf8');
    await writeFile(file, 'not what it was');

    const second = await world.tick();

    expect(stored).toContain(String(first.timestamp));
    expect(sinkOf(second).delivered).toBeGreaterThan(0);
    expect(second.warnings.join()).toMatch(/sinks\/world is unreadable and is made anew: no sink rests/);
  }, 30_000);

  it('ends an export after batch_export_timeout_sec, or the export timeout if that is less', async () => {
    await start('stackdriver:?batch_export_timeout_sec=1', { HEAPLESS_SINK_EXPORT_DATA_TIMEOUT: '8s' });
    server.failAlways({ kind: 'hang' });

    const shorter = await world.tick();
    const longer = await world.tick({
      env: {
        HEAPLESS_SINK: `stackdriver:?batch_export_timeout_sec=110&project=acme&endpoint=${encodeURIComponent(server.url)}`,
        HEAPLESS_SINK_EXPORT_DATA_TIMEOUT: '1s',
      },
    });

    expect(sinkOf(shorter).delivered + sinkOf(longer).delivered).toBe(0);
    expect(sinkOf(shorter).millis).toBeLessThan(4_000);
    expect(sinkOf(longer).millis).toBeLessThan(4_000);
  }, 30_000);

  it('begins each export after a random part of initial_delay_sec', async () => {
    await start('stackdriver:?initial_delay_sec=7&levels=*', { HEAPLESS_SHARD_SIZE: '1' });
    const slept: number[] = [];
    const through = (runtime: Runtime): Runtime => ({
      ...runtime,
      platform: {
        ...runtime.platform,
        random: () => 0.1,
        clock: { now: runtime.platform.clock.now, sleep: async (time) => void slept.push(time) },
      },
    });

    const report = await world.tick({ through });

    // Three shards and the totals.
    expect(slept.filter((time) => time === 700)).toHaveLength(4);
    expect(sinkOf(report).delivered).toBe(sinkOf(report).encoded);
  }, 30_000);
});
