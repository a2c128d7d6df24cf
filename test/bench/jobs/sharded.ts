import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenJob } from '../job.ts';
import { POOL_SIZE, startShardPool } from '../shards/shard-pool.ts';
import { openTick } from './tick.ts';

/** A tick whose shards run in processes of their own, as functions do, with their state in files. */
export const openJob: OpenJob = async (settings) => {
  const folder = await mkdtemp(join(tmpdir(), 'heapless-bench-state-'));
  const env = {
    HEAPLESS_STATE: `file:${folder}`,
    // Shards divide the cluster's limits by the number at work: said to be more, each would wait for turns that nobody takes.
    HEAPLESS_SHARD_CONCURRENCY: String(POOL_SIZE),
    ...settings.env,
  };
  const job = await openTick({ ...settings, env }, startShardPool);
  return {
    ...job,
    async close() {
      await job.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
