import { describe, expect, it } from 'vitest';
import { parseUri } from '../../../../shared/config/uri.ts';
import type { MetricBatch } from '../../../../shared/core/batch.ts';
import { systemClock } from '../../../../shared/core/clock.ts';
import { metricId } from '../../../../shared/core/metrics.ts';
import { openSink } from '../../../../shared/sinks/registry.ts';
import { createBuilder, nodeBatch, setLabels } from '../../../contract/sinks/contract-batch.ts';
import { deliverTo } from '../../../real/real-batch.ts';
import { type RiemannServer, startRiemannServer } from '../../../sim/riemann-server.ts';

const STAMP = Date.UTC(2026, 10, 24, 0, 1);

/** Two pods of a node, with a filesystem each, and the cluster. */
function smallBatch(): MetricBatch {
  const builder = createBuilder(STAMP);
  for (const name of ['web-0', 'web-1']) {
    const row = builder.table('pod').addRow();
    setLabels(builder, 'pod', row, { namespace_name: 'shop', pod_name: name, nodename: 'n1', hostname: 'n1.local' });
    builder.table('pod').set(metricId('cpu/usage_rate'), row, 0.25);
  }
  builder.table('cluster').addRow();
  builder.table('cluster').set(metricId('pod/count'), 0, 2);
  const node = builder.table('node').addRow();
  setLabels(builder, 'node', node, { nodename: 'n1' });
  builder.table('node').set(metricId('filesystem/usage[/]'), node, 6);
  return builder.build();
}

async function send(options: string, batch: MetricBatch): Promise<RiemannServer> {
  const server = await startRiemannServer();
  await deliverTo(`riemann:http://127.0.0.1:${server.port}?${options}`, batch);
  await server[Symbol.asyncDispose]();
  return server;
}

async function problemOf(uri: string): Promise<string> {
  return await openSink(parseUri(uri, {}), { clock: systemClock, notice: () => {}, write: () => {} }).then(
    async (sink) => {
      await sink.close();
      return 'it opened';
    },
    (error: Error) => error.message,
  );
}

describe('riemann', () => {
  it("sends Heapster's events by default", async () => {
    const { events } = await send('levels=cluster,pod', smallBatch());

    expect(events).toEqual([
      {
        time: STAMP / 1_000,
        state: undefined,
        service: 'pod/count',
        host: 'prod',
        tags: ['heapster'],
        ttl: 60,
        attributes: { type: 'cluster', cluster_name: 'prod' },
        metric: 2,
        kind: 'sint64',
      },
      ...['web-0', 'web-1'].map((name) => ({
        time: STAMP / 1_000,
        state: undefined,
        service: 'cpu/usage_rate',
        host: 'n1.local',
        tags: ['heapster'],
        ttl: 60,
        attributes: {
          type: 'pod',
          cluster_name: 'prod',
          namespace_name: 'shop',
          pod_name: name,
          nodename: 'n1',
          hostname: 'n1.local',
        },
        metric: 0.25,
        kind: 'double',
      })),
    ]);
  });

  it('has the options of the URI in every event', async () => {
    const { events } = await send('levels=pod&ttl=7.5&state=ok&tags=k8s&tags=prod&cluster_name=eu', smallBatch());

    expect(events).toHaveLength(2);
    for (const event of events) {
      expect(event).toMatchObject({ ttl: 7.5, state: 'ok', tags: ['k8s', 'prod'], attributes: { cluster_name: 'eu' } });
    }
  });

  it('gives each series a host and service of its own with host=row', async () => {
    const { events } = await send('host=row', smallBatch());

    expect(events.map(({ host, service }) => `${host} ${service}`)).toEqual([
      'prod/cluster pod/count',
      'prod/node:n1 filesystem/usage[/]',
      'prod/namespace:shop/pod:web-0 cpu/usage_rate',
      'prod/namespace:shop/pod:web-1 cpu/usage_rate',
    ]);
  });

  it('sends messages of batchsize over connections that are kept', async () => {
    const server = await send('batchsize=10&concurrency=2&levels=node', nodeBatch(95));

    expect(server.messages.reduce((sum, events) => sum + events, 0)).toBe(95);
    expect(Math.max(...server.messages)).toBe(10);
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  it.each(['reset after', 'close'] as const)('repeats a message after a doubt (%s)', async (fault) => {
    await using server = await startRiemannServer();
    server.fail(fault);

    const report = await deliverTo(`riemann:tcp://127.0.0.1:${server.port}`, nodeBatch(3));

    expect(report).toMatchObject({ delivered: 3, ambiguous: 1, retries: 1 });
    expect(server.events).toHaveLength(fault === 'close' ? 3 : 6);
  });

  it('says what Riemann says of a message that it does not take', async () => {
    await using server = await startRiemannServer();
    server.failAlways({ error: 'no such thing' });

    const report = await deliverTo(`riemann:tcp://127.0.0.1:${server.port}`, nodeBatch(1));

    expect(report).toMatchObject({ rejected: 1, retries: 0 });
    expect(report.problems[0]?.problem).toBe('Riemann refuses the events: no such thing');
  });

  it('tells what answers but is no Riemann', async () => {
    await using server = await startRiemannServer();
    server.failAlways('garbage');

    const report = await deliverTo(`riemann:tcp://127.0.0.1:${server.port}`, nodeBatch(1));

    expect(report).toMatchObject({ rejected: 1, retries: 0 });
    expect(report.problems[0]?.problem).toBe('what answers is no Riemann; check host and port');
  });

  it('is examined by a message without events', async () => {
    await using server = await startRiemannServer();
    const sink = await openSink(parseUri(`riemann:tcp://127.0.0.1:${server.port}`, {}), {
      clock: systemClock,
      notice: () => {},
      write: () => {},
    });

    const good = await sink.check?.(AbortSignal.timeout(5_000));
    server.failAlways('close');
    const bad = await sink.check?.(AbortSignal.timeout(5_000));
    await sink.close();

    expect(good).toEqual({ outcome: { status: 'delivered' }, seen: `Riemann answers at 127.0.0.1:${server.port}` });
    expect(bad).toMatchObject({ outcome: { status: 'retryable' } });
    expect(server.events).toEqual([]);
  });

  it.each([
    ['riemann:udp://h:5555', /needs an address that begins with tcp:\/\/ or http:\/\//],
    ['riemann:tcp://h?ttl=0', /ttl must be a number of seconds above 0/],
    ['riemann:tcp://h?batchsize=0', /batchsize must be a whole number from 1 to 100000/],
    ['riemann:', /^it opened$/],
  ])('opens %s or says why not', async (uri, says) => {
    expect(await problemOf(uri)).toMatch(says);
  });
});
