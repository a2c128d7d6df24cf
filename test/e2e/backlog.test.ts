import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Runtime } from '../../shared/app/runtime.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { HOUR, MINUTE } from '../../shared/core/units.ts';
import type { SinkReport } from '../../shared/delivery/report.ts';
import { type CloudWatchServer, startCloudWatchServer } from '../sim/cloudwatch-server.ts';
import { startTickWorld, type TickWorld } from '../support/tick-world.ts';

let world: TickWorld;
let server: CloudWatchServer;

/** One datum of the cluster, one of each namespace and node, every minute; all single values, which may be sent twice. */
const SINK = 'levels=cluster,namespace,node&metrics=cpu/usage_rate,memory/working_set&totals=value';

beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret');
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
  let now = (): number => Date.now();
  server = await startCloudWatchServer(() => now());
  world = await startTickWorld({
    env: {
      HEAPLESS_SINK: `cloudwatch:?endpoint=${encodeURIComponent(server.url)}&region=eu-west-1&${SINK}`,
      ...env,
    },
  });
  now = () => world.clock.now();
}

function sinkOf(report: TickReport): SinkReport {
  const [sink] = report.sinks;
  if (sink === undefined) throw new Error('no sink in the report');
  return sink;
}

/** How often each series and stamp is stored. */
function copies(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name, dimensions, timestamp } of server.accepted) {
    const key = `${name} ${JSON.stringify(dimensions)} ${timestamp}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

describe('the backlog', () => {
  it('brings everything of an hour without the sink, each point once, with its own stamp, over cold starts', async () => {
    await start();
    const first = await world.tick();
    server.failAlways({ kind: 'throttle', retryAfterSeconds: 3_600 });
    const outage: TickReport[] = [];
    for (let minute = 0; minute < 60; minute++) outage.push(await world.tick());
    server.failAlways(undefined);

    const back = await world.tick();
    const after = await world.tick();

    const made = [first, ...outage, back, after].reduce((sum, report) => sum + sinkOf(report).encoded, 0);
    expect(outage.every((report) => sinkOf(report).spilled === sinkOf(report).encoded)).toBe(true);
    expect(sinkOf(outage.at(-1) as TickReport).backlog).toMatchObject({
      waiting: outage.reduce((sum, report) => sum + sinkOf(report).encoded, 0),
      oldest: outage[0]?.timestamp,
    });
    expect(sinkOf(back).backlog).toMatchObject({ waiting: 0, expired: 0, rejected: 0 });
    expect(back.status).toBe('whole');
    expect(sinkOf(after).backlog).toEqual({ replayed: 0, rejected: 0, expired: 0, waiting: 0 });
    expect(server.accepted).toHaveLength(made);
    expect(Math.max(...copies().values())).toBe(1);
    expect(new Set(server.accepted.map(({ timestamp }) => timestamp)).size).toBe(63);
  }, 60_000);

  it('gives up what is older than --backlog-max-age, and says so', async () => {
    await start({ HEAPLESS_BACKLOG_MAX_AGE: '2h' });
    server.failAlways({ kind: 'throttle', retryAfterSeconds: 3_600 });
    const lost = await world.tick();
    world.pass(3 * HOUR);
    const kept = await world.tick();
    server.failAlways(undefined);

    const back = await world.tick();

    expect(sinkOf(kept).backlog).toMatchObject({ expired: sinkOf(lost).encoded, waiting: sinkOf(kept).encoded });
    expect(sinkOf(kept).problems.some(({ problem }) => /given up in the backlog: too old/.test(problem))).toBe(true);
    expect(sinkOf(back).backlog).toMatchObject({ replayed: sinkOf(kept).encoded, waiting: 0 });
  });

  it('keeps no more than --backlog-max-bytes: the oldest are given up', async () => {
    await start({ HEAPLESS_BACKLOG_MAX_BYTES: '12000' });
    server.failAlways({ kind: 'throttle', retryAfterSeconds: 3_600 });
    const reports: TickReport[] = [];
    for (let minute = 0; minute < 30; minute++) reports.push(await world.tick());

    const made = reports.reduce((sum, report) => sum + sinkOf(report).encoded, 0);
    const expired = reports.reduce((sum, report) => sum + (sinkOf(report).backlog?.expired ?? 0), 0);
    const dropped = reports.reduce((sum, report) => sum + sinkOf(report).dropped, 0);
    const last = sinkOf(reports.at(-1) as TickReport).backlog;
    expect(expired).toBeGreaterThan(0);
    expect((last?.waiting ?? 0) + expired + dropped).toBe(made);
    expect(last?.oldest).toBeGreaterThan(reports[0]?.timestamp ?? Number.POSITIVE_INFINITY);
  }, 30_000);

  it('does not send a second time what may have been stored and would count twice', async () => {
    await start();
    server.failAlways({ kind: 'reset', afterStoring: true });
    const doubtful = await world.tick({
      env: {
        HEAPLESS_SINK: `cloudwatch:?endpoint=${encodeURIComponent(server.url)}&region=eu-west-1&levels=cluster,namespace&metrics=cpu/usage_rate`,
      },
    });
    server.failAlways(undefined);

    const next = await world.tick();

    expect(sinkOf(doubtful)).toMatchObject({ spilled: 0, dropped: sinkOf(doubtful).encoded });
    expect(sinkOf(next).backlog).toMatchObject({ replayed: 0, waiting: 0 });
    expect(Math.max(...copies().values())).toBe(1);
  });

  it('sends what waits after a gap of some minutes', async () => {
    await start();
    server.failAlways({ kind: 'throttle', retryAfterSeconds: 3_600 });
    await world.tick();
    await world.tick();
    server.failAlways(undefined);
    world.pass(5 * MINUTE);

    const back = await world.tick();

    expect(sinkOf(back).backlog).toMatchObject({ waiting: 0 });
    expect(sinkOf(back).backlog?.replayed).toBeGreaterThan(0);
  });

  it('is looked for again after a tick that could not list it', async () => {
    await start();
    server.failAlways({ kind: 'throttle', retryAfterSeconds: 3_600 });
    await world.tick();
    server.failAlways(undefined);
    const unlistable = (runtime: Runtime): Runtime => ({
      ...runtime,
      store: { ...runtime.store, list: () => Promise.reject(new Error('503 Slow Down')) },
    });

    const blind = await world.tick({ through: unlistable });
    const back = await world.tick();

    expect(blind.status).toBe('whole');
    expect(blind.warnings).toContain('the backlog could not be listed: 503 Slow Down; it waits');
    expect(sinkOf(back).backlog?.replayed).toBeGreaterThan(0);
  });

  it('tells what waits for a sink that is not configured any more', async () => {
    await start();
    server.failAlways({ kind: 'throttle', retryAfterSeconds: 3_600 });
    const left = await world.tick();
    server.failAlways(undefined);

    const other = await world.tick({
      env: {
        HEAPLESS_SINK: `cloudwatch:?endpoint=${encodeURIComponent(server.url)}&region=eu-west-1&namespace=Other`,
      },
    });

    expect(other.warnings).toContain(`${sinkOf(left).encoded} points wait for a sink that is not configured any more`);
  });

  it('stores ahead what must not be lost, and leaves nothing behind when it was taken', async () => {
    await start({ HEAPLESS_BACKLOG_AHEAD: 'cloudwatch' });

    const reports = [await world.tick(), await world.tick()];

    expect(reports.map(({ status }) => status)).toEqual(['whole', 'whole']);
    expect(reports.map((report) => sinkOf(report).backlog?.waiting)).toEqual([0, 0]);
    expect(Math.max(...copies().values())).toBe(1);
  });
});
