import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runReduce } from '../../shared/app/reduce.ts';
import type { Runtime } from '../../shared/app/runtime.ts';
import { runScrape } from '../../shared/app/scrape.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { SECOND } from '../../shared/core/units.ts';
import { createPacers } from '../../shared/delivery/pacer.ts';
import { type HttpSim, startHttpSim } from '../sim/http-sim.ts';
import { createRateLimit, type RateLimit } from '../sim/rate-limit.ts';
import { startTickWorld, type TickWorld } from '../support/tick-world.ts';

const QUOTA = { most: 1_000, per: SECOND };

let world: TickWorld;
let backend: HttpSim;
let limit: RateLimit;

beforeEach(async () => {
  limit = createRateLimit(QUOTA);
  world = await startTickWorld({
    cluster: { nodes: 2, podsPerNode: 6 },
    env: { HEAPLESS_SHARD_SIZE: '1', HEAPLESS_SINK_EXPORT_DATA_TIMEOUT: '15s' },
  });
  // A line is a point.
  backend = await startHttpSim(({ body }) => {
    const points = body.toString().trimEnd().split('\n').length;
    return limit.admit(points, world.clock.now()) ? { status: 204 } : { status: 429, headers: { 'retry-after': '1' } };
  });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await backend[Symbol.asyncDispose]();
});

/** A process of its own knows nothing of what others have sent. */
function apart(runtime: Runtime): Runtime {
  const cold = (): Runtime => ({ ...runtime, pacers: createPacers(runtime.sinks, world.clock) });
  return {
    ...runtime,
    platform: {
      ...runtime.platform,
      shardInvoker: { invoke: (request, deadline) => runScrape(cold(), request, { deadline }) },
      reducer: { reduce: (request, deadline) => runReduce(cold(), request, deadline) },
    },
  };
}

function tick(options: string, through: (runtime: Runtime) => Runtime, seconds = 55): Promise<TickReport> {
  const env = { HEAPLESS_SINK: `influxdb:${backend.url}?compression=none&db=k8s${options}` };
  return world.tick({ env, seconds, through });
}

describe('a tick and a backend that refuses all above its quota', () => {
  it.each([
    ['whose shards and reduction are functions of their own', apart],
    ['of one process', (runtime: Runtime): Runtime => runtime],
  ])(
    '%s, is never refused and loses nothing',
    async (_, through) => {
      const report = await tick('&max_points_per_sec=1000', through);

      const [sink] = report.sinks;
      expect(sink).toMatchObject({ rejected: 0, dropped: 0, spilled: 0, retries: 0 });
      expect(sink?.delivered).toBe(sink?.encoded);
      // More than goes in a window: it had to be paced.
      expect(sink?.encoded).toBeGreaterThan(QUOTA.most);
      expect(limit.refusals).toBe(0);
      expect(report.status).toBe('whole');
    },
    30_000,
  );

  it('is refused without a quota', async () => {
    await tick('', apart);

    expect(limit.refusals).toBeGreaterThan(0);
  }, 30_000);

  it('leaves for the next tick what found no room, by the name of the quota', async () => {
    const report = await tick('&max_points_per_sec=50', apart, 15);

    const [sink] = report.sinks;
    expect(sink?.encoded).toBe((sink?.delivered ?? 0) + (sink?.spilled ?? 0));
    expect(sink?.spilled).toBeGreaterThan(0);
    expect(sink?.problems.map(({ problem }) => problem).join('\n')).toContain(
      'no room within the quota of 50 points a second (max_points_per_sec)',
    );
    expect(limit.refusals).toBe(0);
  }, 30_000);
});
