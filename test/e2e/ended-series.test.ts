import { afterEach, describe, expect, it } from 'vitest';
import type { TickReport } from '../../shared/app/tick-report.ts';
import type { ReceivedSample } from '../sim/remote-write-messages.ts';
import { type RemoteWriteServer, startRemoteWriteServer } from '../sim/remote-write-server.ts';
import { startTickWorld, type TickWorld } from '../support/tick-world.ts';

let world: TickWorld;
let server: RemoteWriteServer;

afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function start(options = ''): Promise<void> {
  let now = (): number => Date.now();
  server = await startRemoteWriteServer('prometheus-3', () => now());
  const sink = `prometheus:${server.url}?names=heapster&${options}`;
  world = await startTickWorld({ env: { HEAPLESS_SINK: sink, HEAPLESS_SHARD_SIZE: '2' }, cluster: { nodes: 4 } });
  now = () => world.clock.now();
}

const seriesOf = (samples: readonly ReceivedSample[]): ReadonlySet<string> =>
  new Set(samples.map(({ labels }) => JSON.stringify(labels)));
const label = ({ labels }: ReceivedSample, key: string): string | undefined =>
  labels.find(([name]) => name === key)?.[1];
const onNode = (samples: readonly ReceivedSample[], node: string): readonly ReceivedSample[] =>
  samples.filter((sample) => label(sample, 'nodename') === node);

function expectWhole(report: TickReport): void {
  // The world's minutes pass faster than those of its state store.
  expect(report.warnings.filter((warning) => !/clock is \d+ s ahead of the state store/.test(warning))).toEqual([]);
  for (const sink of report.sinks) expect(sink).toMatchObject({ delivered: sink.encoded, rejected: 0, dropped: 0 });
}

describe('series that have ended', () => {
  it('are marked when a node is gone: all of it that does not go on, once, before the stamp', async () => {
    await start();
    expectWhole(await world.tick());
    expectWhole(await world.tick());
    const [node = ''] = world.cluster.nodeNames();
    const before = server.ended.length;
    const had = seriesOf(onNode(server.stored, node));

    world.cluster.removeNode(node);
    const gone = await world.tick();
    const marked = onNode(server.ended.slice(before), node);
    const inTheTick = server.stored.filter(({ timestamp }) => timestamp === world.stamp);
    const after = await world.tick();

    expectWhole(gone);
    expectWhole(after);
    const still = seriesOf(onNode(inTheTick, node));
    expect(still.size).toBeGreaterThan(0);
    expect(had.size).toBeGreaterThan(200);
    expect(seriesOf(marked)).toEqual(new Set([...had].filter((series) => !still.has(series))));
    expect(new Set(marked.map(({ timestamp }) => timestamp))).toEqual(new Set([gone.timestamp - 1]));
    expect(onNode(server.ended, node).filter(({ timestamp }) => timestamp === after.timestamp - 1)).toEqual([]);
  }, 60_000);

  it('are not those of a node that does not answer for a while', async () => {
    await start();
    await world.tick();
    const [node = ''] = world.cluster.nodeNames();
    const before = server.ended.length;

    world.cluster.setFault(node, { kind: 'refuse' });
    await world.tick();
    await world.tick();
    const meanwhile = onNode(server.ended.slice(before), node);
    world.cluster.setFault(node, undefined);
    const back = await world.tick();

    expect(meanwhile).toEqual([]);
    expect(back.status).toBe('whole');
    expect(onNode(server.ended.slice(before), node).filter((s) => label(s, 'type') === 'pod')).toEqual([]);
  }, 60_000);

  it('are not marked with stale_markers=false', async () => {
    await start('stale_markers=false');
    await world.tick();
    world.cluster.removeNode(world.cluster.nodeNames()[0] ?? '');

    await world.tick();

    expect(server.ended).toEqual([]);
  }, 60_000);
});
