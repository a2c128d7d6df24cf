import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Runtime } from '../../shared/app/runtime.ts';
import { UnsentRows } from '../../shared/app/unsent-rows.ts';
import { startHttpSim } from '../sim/http-sim.ts';
import { startTickWorld } from '../support/tick-world.ts';

/** Remembers how many nodes' rows waited at once. */
class CountedRows extends UnsentRows {
  most = 0;
  #now = 0;

  override hold(nodes: number): Disposable {
    const held = super.hold(nodes);
    this.#now += nodes;
    this.most = Math.max(this.most, this.#now);
    return {
      [Symbol.dispose]: () => {
        this.#now -= nodes;
        held[Symbol.dispose]();
      },
    };
  }
}

it('rows of few shards wait for a sink that is slower than the cluster, and all arrive', async () => {
  const unsent = new CountedRows(1);
  const through = (runtime: Runtime): Runtime => ({ ...runtime, unsent });
  await using backend = await startHttpSim(async () => {
    await sleep(30);
    return { status: 200 };
  });
  await using world = await startTickWorld({
    cluster: { nodes: 6, podsPerNode: 6 },
    env: {
      HEAPLESS_SHARD_SIZE: '1',
      HEAPLESS_MAX_IN_FLIGHT: '1',
      HEAPLESS_SCRAPE_TIMEOUT: '20s',
      HEAPLESS_SINK_EXPORT_DATA_TIMEOUT: '20s',
    },
  });
  const sink = `otlp:${backend.url}?max_points=200&concurrency=1`;

  const report = await world.tick({ env: { HEAPLESS_SINK: sink }, seconds: 55, through });

  expect(report.status).toBe('whole');
  expect(report.nodes).toMatchObject({ planned: 6, answered: 6 });
  // One that waits, and one that was asked before the first was done.
  expect(unsent.most).toBeGreaterThan(0);
  expect(unsent.most).toBeLessThanOrEqual(2);
}, 30_000);
