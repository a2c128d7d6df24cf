import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../../shared/core/units.ts';
import { createHttpClient } from '../../../shared/sinks/http/http-client.ts';

const SIZE = 8 * 1_024 * 1_024;
const A = 0x61;

interface EarlyServer extends AsyncDisposable {
  readonly url: URL;
  /** Lets the server read what comes behind its answer, and tells the letters of the body when it has ended. */
  readBody(): Promise<{ readonly bytes: number; readonly other: number }>;
}

/** Answers as soon as the head of a request is there, and reads the body when it is told to. */
async function startEarlyServer(status: string): Promise<EarlyServer> {
  const connected = Promise.withResolvers<Socket>();
  let headLeft = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (chunk: Buffer) => {
      socket.pause();
      headLeft = chunk.length - (chunk.indexOf('\r\n\r\n') + 4);
      socket.write(`HTTP/1.1 ${status}\r\ncontent-length: 2\r\n\r\n{}`);
      connected.resolve(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    async readBody() {
      const socket = await connected.promise;
      let bytes = headLeft;
      let other = 0;
      return await new Promise((resolve) => {
        const done = (): void => resolve({ bytes, other });
        socket.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          for (const byte of chunk) if (byte !== A) other++;
          if (bytes >= SIZE) done();
        });
        socket.on('close', done);
        socket.resume();
      });
    },
    async [Symbol.asyncDispose]() {
      (await connected.promise).destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('the HTTP client of sinks', () => {
  it('resolves when the body of an accepted request is out, though the answer came before', async () => {
    await using server = await startEarlyServer('200 OK');
    const client = createHttpClient({ concurrency: 1, requestTimeout: 60 * SECOND });
    const body = Buffer.alloc(SIZE, A);
    let isOut = false;
    const sent = client
      .send({ method: 'POST', url: server.url, headers: {}, body }, new AbortController().signal)
      .then((answer) => {
        isOut = true;
        // Whoever owns the bytes may write over them now.
        body.fill(0x7a);
        return answer;
      });

    const { bytes, other } = await server.readBody();

    expect((await sent).status).toBe(200);
    expect(isOut).toBe(true);
    expect({ bytes, other }).toEqual({ bytes: SIZE, other: 0 });
    client.close();
  });

  it('sends no more of a request that was refused before its body was out', async () => {
    await using server = await startEarlyServer('503 Service Unavailable');
    const client = createHttpClient({ concurrency: 1, requestTimeout: 60 * SECOND });
    const body = Buffer.alloc(SIZE, A);

    const answer = await client.send(
      { method: 'POST', url: server.url, headers: {}, body },
      new AbortController().signal,
    );
    body.fill(0x7a);
    const { bytes, other } = await server.readBody();

    expect(answer.status).toBe(503);
    expect(bytes).toBeLessThan(SIZE);
    expect(other).toBe(0);
    client.close();
  });
});
