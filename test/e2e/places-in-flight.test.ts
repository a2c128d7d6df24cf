import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Runtime } from '../../shared/app/runtime.ts';
import type { Sink } from '../../shared/sinks/sink.ts';
import { startHttpSim } from '../sim/http-sim.ts';
import { startTickWorld } from '../support/tick-world.ts';

it('a sink has no more requests in flight than it may, however many shards export at once', async () => {
  let inFlight = 0;
  let most = 0;
  // Counted at the sink: its client has no more connections than that, so the backend sees no others, which hold their bytes.
  const counted = (sink: Sink): Sink => ({
    ...sink,
    async send(request, signal) {
      most = Math.max(most, ++inFlight);
      try {
        return await sink.send(request, signal);
      } finally {
        inFlight--;
      }
    },
  });
  const through = (runtime: Runtime): Runtime => ({ ...runtime, sinks: runtime.sinks.map(counted) });
  await using backend = await startHttpSim(async () => {
    await sleep(15);
    return { status: 200 };
  });
  await using world = await startTickWorld({
    cluster: { nodes: 5, podsPerNode: 6 },
    // The bound makes the exports longer: the world's second is too short for them on a busy machine.
    env: { HEAPLESS_SHARD_SIZE: '1', HEAPLESS_SINK_EXPORT_DATA_TIMEOUT: '20s' },
  });
  const sink = `otlp:${backend.url}?max_points=100&concurrency=2`;

  const report = await world.tick({ env: { HEAPLESS_SINK: sink }, seconds: 55, through });

  expect(report.sinks[0]).toMatchObject({ rejected: 0, dropped: 0, spilled: 0 });
  expect(report.sinks[0]?.delivered).toBe(report.sinks[0]?.encoded);
  expect(report.sinks[0]?.requests).toBeGreaterThan(10);
  expect(most).toBe(2);
}, 30_000);
