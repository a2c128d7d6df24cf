import { deepEqual, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { dialTcp } from '../../shared/kube/http/dial-tcp.ts';
import {
  createHttpClient as createKubeHttpClient,
  type HttpClient as KubeHttpClient,
} from '../../shared/kube/http/http-client.ts';
import { readBody } from '../../shared/kube/read-body.ts';
import { createHttpClient, type HttpClient } from '../../shared/sinks/http/http-client.ts';
import { byteChanges, changeBytes } from './byte-changes.ts';
import { asyncProperty, type FuzzSuite } from './suite.ts';

/** Largest body that the reader of bodies is to take. */
const MAX_BYTES = 2_000;
/** An answer that never ends is given up after so many ms. */
const PATIENCE = 40;

const LINES = [
  'content-length: 5',
  'content-length: 0',
  'content-length: 99999999999999999999',
  'content-length: -1',
  'content-length: x',
  'transfer-encoding: chunked',
  'transfer-encoding: gzip, chunked',
  'content-encoding: gzip',
  'content-encoding: br',
  'connection: close',
  'retry-after: 1e99',
  'location: http://127.0.0.1:1/',
  'x: \u0001',
  ' folded',
  'no colon',
  `long: ${'y'.repeat(3_000)}`,
];

const head = fc.record({
  status: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('HTTP/1.1 200 OK', 'HTTP/1.1 503 No', 'HTTP/1.1 204 None') },
    fc.constantFrom(
      'HTTP/1.1 100 Continue',
      'HTTP/1.1 101 Up',
      'HTTP/1.0 200',
      'HTTP/9.9 999 x',
      'ICY 200',
      '',
      'HTTP/1.1 2',
    ),
  ),
  headers: fc.array(fc.constantFrom(...LINES), { maxLength: 3 }),
});
const body = fc.oneof(
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom('5\r\nhello\r\n0\r\n\r\n', 'ffffffff\r\nx', '5\r\nhello\r\nz\r\n', 'hello', '{"a":1}')
    .map((text) => Buffer.from(text)),
  fc.nat(6_000).map((length) => gzipSync(Buffer.alloc(length))),
  fc.nat(4_000).map((length) => Buffer.alloc(length, 0x61)),
);

interface Script {
  readonly bytes: Buffer;
  readonly cuts: readonly number[];
  readonly last: 'end' | 'reset' | 'wait';
}

const script: fc.Arbitrary<Script> = fc
  .record({
    head,
    body,
    changes: fc.option(byteChanges, { nil: [], freq: 2 }),
    cuts: fc.array(fc.nat(300), { maxLength: 2 }),
    last: fc.oneof(
      { weight: 150, arbitrary: fc.constant('end' as const) },
      { weight: 40, arbitrary: fc.constant('reset' as const) },
      { weight: 1, arbitrary: fc.constant('wait' as const) },
    ),
  })
  .map(({ head: { status, headers }, body: content, changes, cuts, last }) => {
    const text = Buffer.from(`${[status, ...headers].join('\r\n')}\r\n\r\n`, 'latin1');
    return { bytes: changeBytes(Buffer.concat([text, content]), changes), cuts, last };
  });

/** Plays a script on each connection: bytes in pieces, then an end of some kind. */
async function startServer(
  current: () => Script,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.once('data', () => {
      const { bytes, cuts, last } = current();
      let from = 0;
      for (const cut of cuts.toSorted((a, b) => a - b)) {
        if (cut <= from || cut >= bytes.length) continue;
        socket.write(bytes.subarray(from, cut));
        from = cut;
      }
      socket.write(bytes.subarray(from), () => {
        if (last === 'end') socket.end();
        if (last === 'reset') socket.resetAndDestroy();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function trySink(client: HttpClient, port: number): Promise<void> {
  const url = new URL(`http://127.0.0.1:${port}/write`);
  try {
    const answer = await client.send(
      { method: 'POST', url, headers: {}, body: Buffer.from('x') },
      AbortSignal.timeout(PATIENCE),
    );
    ok(Number.isInteger(answer.status) && answer.body.length <= 65_536);
  } catch (error) {
    ok(error instanceof Error, String(error));
  }
}

/** What of an answer is told: status and body, or nothing. */
type Told = { readonly status: number; readonly body: string } | undefined;

/** What Node's own client and the reader of bodies make of an answer. */
function tryBody(port: number): Promise<Told> {
  return new Promise((resolve, reject) => {
    const request = requestHttp({ host: '127.0.0.1', port, agent: false, signal: AbortSignal.timeout(PATIENCE) });
    request.on('error', () => resolve(undefined));
    request.on('response', (response) => {
      const { statusCode: status = 0 } = response;
      readBody(response, MAX_BYTES).then((result) => {
        if (result.kind === 'whole') checkCap(status, result.body);
        resolve(result.kind === 'whole' ? { status, body: result.body.toString('latin1') } : undefined);
      }, reject);
    });
    request.end();
  });
}

/** What the client of API servers makes of it, without its TLS. */
async function tryKube(client: KubeHttpClient, port: number): Promise<Told> {
  const answer = await client.get({
    key: `${port}`,
    dial: dialTcp({ host: '127.0.0.1', port }),
    host: '127.0.0.1',
    path: '/',
    headers: {},
    signal: AbortSignal.timeout(PATIENCE),
    maxBytes: MAX_BYTES,
    onHead: () => undefined,
  });
  if (answer.kind !== 'answer') return undefined;
  checkCap(answer.status, answer.body);
  const told = { status: answer.status, body: answer.body.toString('latin1') };
  answer.release?.();
  return told;
}

function checkCap(status: number, body: Buffer): void {
  ok(body.length <= (status === 200 ? MAX_BYTES : 65_536), 'more was kept than the cap');
}

async function run(runs: number, seed: number): Promise<void> {
  let current: Script = { bytes: Buffer.alloc(0), cuts: [], last: 'end' };
  const server = await startServer(() => current);
  const client = createHttpClient({ concurrency: 1, requestTimeout: 1_000 });
  const kube = createKubeHttpClient(1);
  try {
    const check = asyncProperty(script, async (next) => {
      current = next;
      await trySink(client, server.port);
      const told = await tryKube(kube, server.port);
      const known = await tryBody(server.port);
      // What one takes for a whole answer the other must not take for another one.
      if (told !== undefined && known !== undefined) deepEqual(told, known);
    });
    await check(runs, seed);
  } finally {
    client.close();
    kube.close();
    await server.close();
  }
}

/** Answers of any bytes over a real socket: an answer or an error in time, and never more kept than the cap. */
export const http: FuzzSuite = { name: 'http', share: 0.03, run };
