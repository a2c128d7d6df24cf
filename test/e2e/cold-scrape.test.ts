import { expect, it, vi } from 'vitest';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { MINUTE } from '../../shared/core/units.ts';
import { disposable } from '../support/disposable.ts';
import { startLambdaStack } from '../support/lambda-stack.ts';

const said = vi.hoisted(() => [] as string[]);
vi.mock('node:v8', async (original) => ({
  ...(await original<typeof import('node:v8')>()),
  setFlagsFromString: (flag: string) => said.push(flag),
}));

it('spares the first scrape of a Lambda function, and no later one', async () => {
  const now = Math.floor(Date.now() / MINUTE) * MINUTE;
  const clock = { now: () => now, sleep: systemClock.sleep };
  await using cluster = disposable(await startDemoCluster({ nodes: 4, podsPerNode: 3, clock }));
  await using stack = await startLambdaStack({
    kubeconfig: cluster.it.kubeconfig(),
    env: { HEAPLESS_SHARD_SIZE: '2', HEAPLESS_SINK: 'log:' },
    now,
  });
  for (const time of [now, now + MINUTE]) {
    vi.setSystemTime(time);
    const [report] = (await stack.invoke('tick', { scheduledTime: new Date(time).toISOString() })) as [object];
    expect(report).toMatchObject({ shards: { planned: 2, answered: 2 }, nodes: { answered: 4 } });
  }

  // Four for the first scrape, and the usual four after it.
  expect(said).toHaveLength(8);
  expect(new Set(said).size).toBe(8);
});
