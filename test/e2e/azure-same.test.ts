import { expect, it } from 'vitest';
import { localPlatform } from '../../functions/local/platform.ts';
import { createRuntime } from '../../shared/app/runtime.ts';
import { runTick } from '../../shared/app/tick.ts';
import type { Clock } from '../../shared/core/clock.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { MINUTE, SECOND } from '../../shared/core/units.ts';
import type { ReceivedPoint } from '../sim/otlp-messages.ts';
import { type OtlpServer, startOtlpServer } from '../sim/otlp-server.ts';
import { reportOf, startAzureWorld } from '../support/azure-world.ts';

const SETTINGS = { HEAPLESS_SHARD_SIZE: '2', HEAPLESS_GROUP_BY: 'namespace,label:app.kubernetes.io/name' };

/** Points of the cluster as sorted texts: what tells of Heapless itself (times, bytes, memory) differs by its nature. */
function textsOf(points: readonly ReceivedPoint[]): readonly string[] {
  return points
    .filter(({ metric }) => !metric.startsWith('heapless'))
    .map(({ resource, metric, kind, attributes, type, value, start, time }) =>
      JSON.stringify([metric, resource, attributes, kind, type, value, String(start), String(time)]),
    )
    .sort();
}

/** The first texts of `wanted` that are not in `found`. */
function missingFrom(found: readonly string[], wanted: readonly string[]): readonly string[] {
  const known = new Set(found);
  return wanted.filter((text) => !known.has(text)).slice(0, 3);
}

it('exports from three functions on Azure what one process exports, to the digit', async () => {
  // Time stands still at the cluster while both ask, so that both see the same counters.
  let now = Math.floor(Date.now() / MINUTE) * MINUTE + 30 * SECOND;
  const clock: Clock = { now: () => now, sleep: systemClock.sleep };
  await using world = await startAzureWorld({ nodes: 5, podsPerNode: 5 }, SETTINGS, clock);
  await using beside: OtlpServer = await startOtlpServer();
  const app = await world.startApp();
  const runtime = await createRuntime({
    env: {
      ...SETTINGS,
      HEAPLESS_SOURCE: 'kubernetes.summary_api:?inClusterConfig=false&auth=/kubeconfig',
      HEAPLESS_SINK: `otlp:${beside.url}/v1/metrics`,
      HEAPLESS_CLUSTER_NAME: 'demo',
      HEAPLESS_LOG_LEVEL: 'error',
    },
    platform: {
      ...localPlatform({ write: () => undefined, writeLog: () => undefined }),
      clock,
      readFile: async () => world.cluster.kubeconfig(),
    },
  });
  try {
    for (let minutes = 0; minutes < 3; minutes++) {
      now += MINUTE - (now % MINUTE) + SECOND;
      const [here] = await runTick(runtime, { scheduledTime: now, endBy: now + 30 * SECOND });
      const there = reportOf(await world.run(app));

      expect(there).toMatchObject({ status: 'whole', timestamp: here?.report.timestamp, rows: here?.report.rows });
      expect(there.rates).toEqual(here?.report.rates);
    }
  } finally {
    await runtime.close();
  }

  const [ours, theirs] = [textsOf(beside.stored), textsOf(world.backend.stored)];
  expect(ours.length).toBeGreaterThan(5_000);
  expect(missingFrom(theirs, ours)).toEqual([]);
  expect(missingFrom(ours, theirs)).toEqual([]);
  expect(theirs.length).toBe(ours.length);
}, 90_000);
