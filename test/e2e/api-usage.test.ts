import { describe, expect, it } from 'vitest';
import { startTickWorld } from '../support/tick-world.ts';

describe('what a tick asked of the API server', () => {
  it.each(['1', '2', '10'])(
    'is what the server counted, with shards of %s nodes in one process',
    async (size) => {
      await using world = await startTickWorld({
        cluster: { nodes: 4, podsPerNode: 3 },
        env: { HEAPLESS_SHARD_SIZE: size },
      });
      await world.tick();
      const before = world.cluster.usage().requests;

      const report = await world.tick();

      expect(report.nodes.answered).toBe(4);
      expect(report.apiServer.requests).toBe(world.cluster.usage().requests - before);
    },
    30_000,
  );
});
