import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { type LineServer, startLineServer } from '../sim/line-server.ts';
import { startMatrixWorld } from '../support/matrix-world.ts';
import { sinkOf, suffer, sumOf } from '../support/suffer.ts';

const WHAT = 'levels=cluster,node,pod&metrics=memory/working_set,up,node/count';
/**
 * Graphite's line protocol has no answers: what the backend does with bytes that the system took is not known, so that
 * HTTP's statuses, garbage and slow answers do not exist here.
 */
describe.concurrent('graphite over TCP meets', () => {
  it.each<readonly [string, number, (server: LineServer) => void]>([
    ['a reset of one connection', 1, (server) => server.fail('reset')],
    ['resets for five ticks', 5, (server) => server.failAlways('reset')],
  ])(
    '%s: everything comes in the end',
    async (_, ticks, fault) => {
      await using server = await startLineServer();
      fault(server);

      const uri = `graphite:tcp://127.0.0.1:${server.port}?form=tagged&${WHAT}`;
      await using world = await startMatrixWorld(() => ({ HEAPLESS_SINK: `${uri} log:?${WHAT}` }));
      const reports = await suffer(world, 'graphite', { ticks, heal: () => server.failAlways(undefined) });

      const made = sumOf(reports, 'graphite', (sink) => sink.encoded);
      const lost = sumOf(reports, 'graphite', (sink) => sink.rejected + sink.dropped);
      expect(lost).toBe(0);
      expect(new Set(server.lines).size).toBe(made);
    },
    60_000,
  );

  it('a port where nobody listens, for five ticks: all waits, and the report says why', async () => {
    const probe = await startLineServer();
    const { port } = probe;
    await probe[Symbol.asyncDispose]();
    await using world = await startMatrixWorld(() => ({
      HEAPLESS_SINK: `graphite:tcp://127.0.0.1:${port}?${WHAT} log:?${WHAT}`,
    }));

    const reports: TickReport[] = [];
    for (let tick = 0; tick < 5; tick++) reports.push(...(await world.tick()));

    const made = sumOf(reports, 'graphite', (sink) => sink.encoded);
    const waiting = sumOf(reports.slice(-2), 'graphite', (sink) => sink.backlog?.waiting ?? 0);
    expect(waiting).toBe(made);
    for (const report of reports) {
      expect(sinkOf(report, 'graphite').problems[0]?.problem).toMatch(/cannot be reached.*ECONNREFUSED|deadline/);
      expect(sinkOf(report, 'log').delivered).toBe(sinkOf(report, 'log').encoded);
    }
  }, 60_000);
});

/** UDP has no answer: delivered means sent, whatever becomes of the datagrams. */
describe('statsd over UDP meets', () => {
  it('a port where nobody listens: sent is sent, and nobody else is harmed', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address();
    silent.close();
    await once(silent, 'close');

    const uri = `statsd:udp://127.0.0.1:${port}?${WHAT}`;
    await using world = await startMatrixWorld(() => ({ HEAPLESS_SINK: `${uri} log:?${WHAT}` }));
    const reports = await suffer(world, 'statsd', { ticks: 5, heal: () => undefined });

    expect(sumOf(reports, 'statsd', (sink) => sink.encoded)).toBeGreaterThan(0);
    expect(sumOf(reports, 'statsd', (sink) => sink.spilled + sink.rejected)).toBe(0);
  }, 60_000);
});
