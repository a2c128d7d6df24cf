import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startHttpSim } from '../sim/http-sim.ts';
import { startTickWorld } from '../support/tick-world.ts';

it('a sink has no more requests in flight than it may, however many shards export at once', async () => {
  let inFlight = 0;
  let most = 0;
  await using backend = await startHttpSim(async () => {
    most = Math.max(most, ++inFlight);
    await sleep(15);
    inFlight--;
    return { status: 200 };
  });
  await using world = await startTickWorld({
    cluster: { nodes: 5, podsPerNode: 6 },
    env: { HEAPLESS_SHARD_SIZE: '1' },
  });
  const sink = `otlp:${backend.url}?max_points=100&concurrency=2`;

  const report = await world.tick({ env: { HEAPLESS_SINK: sink }, seconds: 55 });

  expect(report.sinks[0]).toMatchObject({ rejected: 0, dropped: 0, spilled: 0 });
  expect(report.sinks[0]?.delivered).toBe(report.sinks[0]?.encoded);
  expect(report.sinks[0]?.requests).toBeGreaterThan(10);
  expect(most).toBe(2);
}, 30_000);
