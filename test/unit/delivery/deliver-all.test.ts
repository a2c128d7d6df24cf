import { describe, expect, it } from 'vitest';
import { SECOND } from '../../../shared/core/units.ts';
import { deliverAll } from '../../../shared/delivery/deliver-all.ts';
import { batchOf, createFakeSink } from './fake-sink.ts';
import { createVirtualTime } from './virtual-time.ts';

describe('deliverAll', () => {
  it('lets a hung and a broken sink cost the others nothing', async () => {
    const time = createVirtualTime();
    const healthy = createFakeSink({
      name: 'healthy',
      send: async () => {
        await time.clock.sleep(SECOND);
        return { status: 'delivered' };
      },
    });
    const hung = createFakeSink({ name: 'hung', send: () => new Promise(() => {}) });
    const broken = createFakeSink({ name: 'broken', breaksAt: 0, send: async () => ({ status: 'delivered' }) });
    using deadline = time.deadline(20 * SECOND);

    const reports = await time.run(
      deliverAll([hung, broken, healthy], batchOf(30), { deadline, clock: time.clock, random: () => 0.5 }),
    );

    expect(reports.map(({ sink, delivered, dropped }) => [sink, delivered, dropped])).toEqual([
      ['hung', 0, 30],
      ['broken', 0, 30],
      ['healthy', 30, 0],
    ]);
    expect(reports[2]?.millis).toBe(3 * SECOND);
  });

  it('gives each sink the levels and metrics it wants', async () => {
    const time = createVirtualTime();
    const send = async (): Promise<{ status: 'delivered' }> => ({ status: 'delivered' });
    const nodes = createFakeSink({ name: 'nodes', send });
    const pods = { ...createFakeSink({ name: 'pods', send }), selection: { levels: ['pod'], metrics: ['*'] } as const };
    using deadline = time.deadline(20 * SECOND);

    const reports = await time.run(
      deliverAll([nodes, pods], batchOf(30), { deadline, clock: time.clock, random: () => 0.5 }),
    );

    expect(reports.map(({ encoded }) => encoded)).toEqual([30, 0]);
  });

  it('ends every sink when its caller’s deadline aborts', async () => {
    const time = createVirtualTime();
    const hung = createFakeSink({ name: 'hung', send: () => new Promise(() => {}) });
    using deadline = time.deadline(2 * SECOND);

    const [report] = await time.run(deliverAll([hung], batchOf(5), { deadline, clock: time.clock, random: () => 0.5 }));

    expect(report).toMatchObject({ dropped: 5, millis: 2 * SECOND });
  });
});
