import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { parseUri } from '../../shared/config/uri.ts';
import type { MetricBatch } from '../../shared/core/batch.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { openSink } from '../../shared/sinks/registry.ts';
import type { LineRequest } from '../../shared/sinks/text/line-request.ts';
import { nodeBatch } from '../contract/sinks/contract-batch.ts';
import { readGauges } from '../sim/statsd-lines.ts';
import { missingPart, realPart } from '../support/real-part.ts';
import { createRealFolder, freePorts, startRealProcess } from '../support/real-process.ts';
import { deliverTo, expectedValues, realBatch } from './real-batch.ts';

const LONG = 40_000;
/**
 * The batch in 42 datagrams, which wait in the kernel (94 of its 208 KiB) however long the server gets no CPU. Five values
 * in each, the default, need 256 KiB: a server that stands still loses what comes last.
 */
const FEW_DATAGRAMS = 'numMetricsPerMsg=1000';

interface Statsd extends AsyncDisposable {
  readonly port: number;
  /** Gauges by name, as its management port tells them. */
  gauges(): Promise<ReadonlyMap<string, number>>;
}

/** StatsD keeps names as they are (`keyNameSanitize: false`), so that they can be compared. */
async function startStatsd(context: TestContext): Promise<Statsd> {
  const part = realPart('statsd');
  if (part === undefined) return context.skip(missingPart('statsd'));
  const folder = await createRealFolder();
  const [port = 0, manage = 0] = await freePorts(2);
  const config = join(folder, 'config.js');
  await writeFile(
    config,
    `{ port: ${port}, address: '127.0.0.1', mgmt_port: ${manage}, mgmt_address: '127.0.0.1', keyNameSanitize: false,
      backends: [], flushInterval: 3600000, deleteIdleStats: false }`,
  );
  const server = await startRealProcess({
    path: part.path,
    args: [config],
    folder,
    isReady: () =>
      manageStatsd(manage, 'gauges').then(
        () => true,
        () => false,
      ),
  });
  return {
    port,
    async gauges() {
      const text = await manageStatsd(manage, 'gauges');
      // An object literal of JavaScript, as util.inspect prints it.
      const pairs = [...text.matchAll(/^ *(?:'((?:[^'\\]|\\.)*)'|(\w+)): (-?[\d.e+-]+),?$/gm)];
      return new Map(pairs.map(([, quoted, plain, value]) => [quoted ?? plain ?? '', Number(value)]));
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function manageStatsd(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(`${command}\n`));
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!text.includes('END')) return;
      socket.destroy();
      resolve(text);
    });
  });
}

async function expectedOf(uri: string, batch: MetricBatch): Promise<ReadonlyMap<string, number>> {
  const sink = await openSink(parseUri(uri, {}), { clock: systemClock, notice: () => {}, write: () => {} });
  const lines = [...sink.encode(batch, () => {})].flatMap((request) =>
    Buffer.from((request as LineRequest).body)
      .toString('utf8')
      .split('\n')
      .slice(0, -1),
  );
  return new Map(readGauges(lines).map(({ name, value }) => [name, value]));
}

function sorted(values: Iterable<readonly [string, number]>): ReadonlyMap<string, number> {
  return new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('statsd against Etsy’s server', () => {
  it(
    'has every gauge, under a name of its own',
    async (context) => {
      await using statsd = await startStatsd(context);
      const batch = realBatch({ oddNames: false });
      const uri = `statsd:udp://127.0.0.1:${statsd.port}?prefix=k8s&${FEW_DATAGRAMS}`;
      const expected = await expectedOf(uri, batch);

      const report = await deliverTo(uri, batch);
      await vi.waitFor(async () => expect((await statsd.gauges()).size).toBe(expected.size), { timeout: LONG / 2 });
      const gauges = await statsd.gauges();

      expect(report).toMatchObject({ delivered: expectedValues(batch).length, rejected: 0 });
      expect(expected.size).toBe(expectedValues(batch).length);
      expect(sorted(gauges)).toEqual(sorted(expected));
    },
    LONG,
  );

  it(
    'has negative numbers, which are no decrements, also when they come twice',
    async (context) => {
      await using statsd = await startStatsd(context);
      const uri = `statsd:udp://127.0.0.1:${statsd.port}`;
      const batch = nodeBatch(5, (index) => index - 2.5);
      const expected = await expectedOf(uri, batch);

      await deliverTo(uri, batch);
      await deliverTo(uri, batch);
      await vi.waitFor(async () => expect((await statsd.gauges()).size).toBe(expected.size), { timeout: LONG / 2 });

      expect(sorted(await statsd.gauges())).toEqual(sorted(expected));
    },
    LONG,
  );
});
