import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Exchange, ReadPieces } from '../../../../shared/kube/exchange.ts';
import { dialTcp } from '../../../../shared/kube/http/dial-tcp.ts';
import { createHttpClient, type HttpClient, type HttpGet } from '../../../../shared/kube/http/http-client.ts';

/** What a server does with a request: `text` is its head. */
type Serve = (socket: Socket, text: string, connection: number) => void;

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function startServer(serve: Serve): Promise<number> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => serve(socket, data.toString('latin1'), connection));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
  return (server.address() as AddressInfo).port;
}

interface World {
  readonly client: HttpClient;
  get(path: string, more?: Partial<HttpGet>): Promise<Exchange>;
}

async function connect(serve: Serve): Promise<World> {
  const port = await startServer(serve);
  const client = createHttpClient(4);
  open.push(client);
  const dial = dialTcp({ host: '127.0.0.1', port });
  return {
    client,
    get: (path, more = {}) =>
      client.get({
        key: '',
        dial,
        host: `127.0.0.1:${port}`,
        path,
        headers: {},
        signal: AbortSignal.timeout(10_000),
        maxBytes: 1_000_000,
        onHead: () => undefined,
        ...more,
      }),
  };
}

function answer(body: string | Buffer, head = ''): Buffer {
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${head}\r\n`),
    Buffer.from(body),
  ]);
}

function pathOf(text: string): string {
  return text.split(' ')[1] ?? '';
}

function bodyOf(exchange: Exchange): string {
  if (exchange.kind !== 'answer') throw new Error(`no answer: ${JSON.stringify(exchange)}`);
  return exchange.body.toString('utf8');
}

describe('HttpClient', () => {
  it('asks with its fields, and tells the answer with its own', async () => {
    const asked: string[] = [];
    const { get } = await connect((socket, text) => {
      asked.push(text);
      socket.write(answer('{}', 'Content-Type: application/json\r\nX-A: 1\r\nx-a: 2\r\nDate: now\r\n'));
    });
    const dates: (string | undefined)[] = [];

    const exchange = await get('/stats?a=b', { headers: { accept: 'x/y' }, onHead: (date) => dates.push(date) });

    expect(asked[0]).toMatch(/^GET \/stats\?a=b HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n.*accept: x\/y\r\n\r\n$/s);
    expect(exchange).toMatchObject({
      kind: 'answer',
      status: 200,
      bytes: 2,
      headers: { 'content-type': 'application/json', 'x-a': '1, 2' },
    });
    expect(dates).toEqual(['now']);
  });

  it('serves one request after the other on one connection, and several at once on several', async () => {
    const seen: string[] = [];
    const { get } = await connect((socket, text, connection) => {
      seen.push(`${pathOf(text)} on ${connection}`);
      setTimeout(() => socket.write(answer(pathOf(text))), 20);
    });

    const one = bodyOf(await get('/1'));
    const two = bodyOf(await get('/2'));
    const more = (await Promise.all([get('/3'), get('/4'), get('/5')])).map(bodyOf);

    expect([one, two, ...more]).toEqual(['/1', '/2', '/3', '/4', '/5']);
    expect(seen.slice(0, 2)).toEqual(['/1 on 1', '/2 on 1']);
    expect(new Set(seen.slice(2).map((line) => line.split(' on ')[1]))).toEqual(new Set(['1', '2', '3']));
  });

  it.each<[string, Buffer]>([
    ['says so', answer('x', 'connection: close\r\n')],
    ['sent more than its answer', Buffer.concat([answer('x'), Buffer.from('HTTP/1.1 200 OK\r\n')])],
  ])('uses no connection again that %s', async (_, bytes) => {
    const connections: number[] = [];
    const { get } = await connect((socket, __, connection) => {
      connections.push(connection);
      socket.write(bytes);
    });

    const bodies = [bodyOf(await get('/1')), bodyOf(await get('/2'))];

    expect(bodies).toEqual(['x', 'x']);
    expect(connections).toEqual([1, 2]);
  });

  it('leaves a body alone until it is released, then writes the next one there', async () => {
    const { get } = await connect((socket, text) => socket.write(answer(pathOf(text).repeat(1_000))));

    const first = await get('/a');
    const second = await get('/b');
    const [before, other] = [bodyOf(first), bodyOf(second)];
    if (first.kind === 'answer') first.release?.();
    if (first.kind === 'answer') first.release?.();
    const third = await get('/c');
    const fourth = await get('/d');

    expect([before, other, bodyOf(second)]).toEqual(['/a', '/b', '/b'].map((path) => path.repeat(1_000)));
    expect([bodyOf(third), bodyOf(fourth)]).toEqual(['/c', '/d'].map((path) => path.repeat(1_000)));
    expect(bodyOf(first)).toBe('/c'.repeat(1_000));
  });

  it('gathers a body that is larger than any before', async () => {
    const sizes = [10, 70_000, 200_000, 900_000, 30];
    const { get } = await connect((socket, text) => {
      const size = Number(pathOf(text).slice(1));
      socket.write(answer(Buffer.alloc(size, String(size))));
    });

    for (const size of sizes) {
      const exchange = await get(`/${size}`);
      expect(bodyOf(exchange) === Buffer.alloc(size, String(size)).toString(), `${size}`).toBe(true);
      if (exchange.kind === 'answer') exchange.release?.();
    }
  });

  it('unpacks gzip within the cap', async () => {
    const { get } = await connect((socket, text) => {
      const size = Number(pathOf(text).slice(1));
      socket.write(answer(gzipSync(Buffer.alloc(size, 'x')), 'content-encoding: gzip\r\n'));
    });

    expect(bodyOf(await get('/50000', { maxBytes: 50_000 }))).toBe('x'.repeat(50_000));
    expect(await get('/50001', { maxBytes: 50_000 })).toMatchObject({ kind: 'too_large' });
  });

  describe('given who reads pieces', () => {
    const TYPE = 'application/octet-stream';
    /** 3 MB that gzip makes small, each piece told from the others. */
    const PLAIN = Buffer.concat(Array.from({ length: 30 }, (_, at) => Buffer.alloc(100_000, at)));

    function gathering(): { readonly readPieces: ReadPieces; readonly pieces: Buffer[] } {
      const pieces: Buffer[] = [];
      return {
        pieces,
        readPieces: { contentType: TYPE, open: () => ({ write: (piece) => pieces.push(Buffer.from(piece)) }) },
      };
    }

    async function getPacked(
      packed: Buffer,
      more: Partial<HttpGet> = {},
      head = `content-encoding: gzip\r\ncontent-type: ${TYPE}\r\n`,
    ): Promise<{ readonly exchange: Exchange; readonly pieces: readonly Buffer[] }> {
      const { get } = await connect((socket) => socket.write(answer(packed, head)));
      const { readPieces, pieces } = gathering();
      return { exchange: await get('/', { readPieces, maxBytes: PLAIN.length, ...more }), pieces };
    }

    it('gives a large packed body in pieces, and keeps nothing of it', async () => {
      const { exchange, pieces } = await getPacked(gzipSync(PLAIN));

      expect(exchange).toMatchObject({ kind: 'answer', status: 200, read: PLAIN.length });
      expect(bodyOf(exchange)).toBe('');
      expect(pieces.length).toBeGreaterThan(1);
      expect(Buffer.concat(pieces).equals(PLAIN)).toBe(true);
    });

    it('serves the next request with the same memory afterwards', async () => {
      const packed = gzipSync(PLAIN);
      const head = `content-encoding: gzip\r\ncontent-type: ${TYPE}\r\n`;
      const { get } = await connect((socket) => socket.write(answer(packed, head)));

      for (let time = 0; time < 3; time++) {
        const { readPieces, pieces } = gathering();
        await Promise.all([get('/', { readPieces, maxBytes: PLAIN.length }), get('/', { maxBytes: PLAIN.length })]);
        expect(Buffer.concat(pieces).equals(PLAIN)).toBe(true);
      }
    });

    it.each<[string, Buffer, string]>([
      ['small', gzipSync(PLAIN.subarray(0, 200_000)), `content-encoding: gzip\r\ncontent-type: ${TYPE}\r\n`],
      ['of another type', gzipSync(PLAIN), 'content-encoding: gzip\r\ncontent-type: text/plain\r\n'],
      ['not packed', PLAIN, `content-type: ${TYPE}\r\n`],
    ])('leaves a body whole that is %s', async (_, body, head) => {
      const { exchange, pieces } = await getPacked(body, {}, head);

      expect(exchange).toMatchObject({ kind: 'answer', status: 200 });
      expect(bodyOf(exchange).length).toBeGreaterThan(0);
      expect(pieces).toEqual([]);
    });

    it('says what unpacks to more than the cap', async () => {
      const { exchange, pieces } = await getPacked(gzipSync(PLAIN), { maxBytes: 2_000_000 });

      expect(exchange).toMatchObject({ kind: 'too_large' });
      expect(Buffer.concat(pieces).length).toBeLessThanOrEqual(2_000_000);
    });

    it.each<[string, (packed: Buffer) => Buffer]>([
      ['cut', (packed) => packed.subarray(0, packed.length - 9)],
      ['changed', (packed) => Buffer.from(packed).fill(0, 1_000, 1_100)],
    ])('says that gzip is %s', async (_, spoil) => {
      const packed = spoil(gzipSync(PLAIN));
      // The last four bytes say that it is large.
      packed.writeUInt32LE(PLAIN.length, packed.length - 4);

      const { exchange } = await getPacked(packed);

      expect(exchange).toMatchObject({ kind: 'garbled', error: expect.any(Error) });
    });

    it('stops when the request is given up meanwhile', async () => {
      const giveUp = new AbortController();
      const { get } = await connect((socket) =>
        socket.write(answer(gzipSync(PLAIN), `content-encoding: gzip\r\ncontent-type: ${TYPE}\r\n`)),
      );
      const readPieces = { contentType: TYPE, open: () => ({ write: () => giveUp.abort() }) };

      expect(await get('/', { readPieces, maxBytes: PLAIN.length, signal: giveUp.signal })).toMatchObject({
        kind: 'aborted',
      });
    });
  });

  it('says what is announced as too large before it is read, and what turns out so after', async () => {
    const { get } = await connect((socket, text) => {
      if (pathOf(text) === '/announced') socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n');
      else socket.write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(5_000)}`);
    });

    expect(await get('/announced', { maxBytes: 100 })).toEqual({ kind: 'too_large', bytes: 0, announced: 5_000 });
    expect(await get('/open', { maxBytes: 100 })).toMatchObject({ kind: 'too_large', announced: undefined });
  });

  it('keeps the first 64 KiB of an error', async () => {
    const { get } = await connect((socket) => {
      socket.write(`HTTP/1.1 500 No\r\n\r\n${'x'.repeat(60_000)}`);
      socket.write('y'.repeat(60_000));
    });

    const exchange = await get('/');

    expect(exchange).toMatchObject({ kind: 'answer', status: 500 });
    const body = bodyOf(exchange);
    expect(body.startsWith('x'.repeat(1_000))).toBe(true);
    expect(body.length).toBeLessThanOrEqual(65_536);
  });

  it('ends the socket of a request that is given up, and only that', async () => {
    const { get } = await connect((socket, text) => {
      if (pathOf(text) === '/hang') socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf');
      else socket.write(answer('whole'));
    });
    const giveUp = new AbortController();

    const hanging = get('/hang', { signal: giveUp.signal, onHead: () => setTimeout(() => giveUp.abort(), 20) });

    expect(await hanging).toMatchObject({ kind: 'aborted' });
    expect(bodyOf(await get('/next'))).toBe('whole');
  });

  it.each<[string, (socket: Socket) => void, object]>([
    ['before an answer', (socket) => socket.end(), { phase: 'connect', reused: false, error: { code: 'ECONNRESET' } }],
    [
      'in an answer',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'),
      { phase: 'body', bytes: 4 },
    ],
    ['by a reset', (socket) => socket.resetAndDestroy(), { phase: 'connect', error: { code: 'ECONNRESET' } }],
    [
      'after nonsense',
      (socket) => socket.end('nonsense\r\n\r\n'),
      { phase: 'connect', error: { code: 'HPE_INVALID_CONSTANT' } },
    ],
  ])('tells how a connection broke: %s', async (_, serve, expected) => {
    const { get } = await connect(serve);

    expect(await get('/')).toMatchObject({ kind: 'broken', ...expected });
  });

  it('tells that a connection had served before when it breaks', async () => {
    const { get } = await connect((socket, text) => {
      if (pathOf(text) === '/1') socket.write(answer('x'));
      else socket.destroy();
    });

    await get('/1');

    expect(await get('/2')).toMatchObject({ kind: 'broken', phase: 'connect', reused: true });
  });

  it('keeps no process alive by connections that are idle', async () => {
    const port = await startServer((socket) => socket.write(answer('x')));
    const room = new URL('../../../../shared/kube/http/', import.meta.url).href;
    const script = `
      import { createHttpClient } from '${room}http-client.ts';
      import { dialTcp } from '${room}dial-tcp.ts';
      const dial = dialTcp({ host: '127.0.0.1', port: ${port} });
      const common = { key: '', dial, host: 'x', path: '/', headers: {}, maxBytes: 1000, onHead: () => undefined };
      const client = createHttpClient(4);
      const get = () => client.get({ ...common, signal: new AbortController().signal });
      await get();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      console.log((await get()).body.toString());`;

    // Killed, and an error, if it does not end by itself.
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 30_000,
    });

    expect(stdout).toBe('x\n');
  });

  it('asks on a new connection once idle ones are dropped', async () => {
    const connections: number[] = [];
    const { client, get } = await connect((socket, _, connection) => {
      connections.push(connection);
      socket.write(answer('x'));
    });

    await get('/1');
    client.dropIdle();
    await get('/2');

    expect(connections).toEqual([1, 2]);
  });

  it.each<[string, string, Readonly<Record<string, string>>]>([
    ['path', '/a b', {}],
    ['path', '/a\r\nx: y', {}],
    ['field', '/', { authorization: 'Bearer a\r\nx: y' }],
  ])('sends nothing if a %s could be read as something else', async (_, path, headers) => {
    const asked: string[] = [];
    const { get } = await connect((socket, text) => {
      asked.push(text);
      socket.write(answer('x'));
    });

    const exchange = await get(path, { headers });

    expect(exchange).toMatchObject({ kind: 'broken', phase: 'connect' });
    expect(bodyOf(await get('/next'))).toBe('x');
    expect(asked.map(pathOf)).toEqual(['/next']);
  });
});
