import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service on loopback that takes every body, keeps nothing and answers as AWS JSON does: `{}`. */
export interface DiscardServer extends AsyncDisposable {
  readonly url: string;
  /** Bytes received so far. */
  bytes(): number;
}

export async function startDiscardServer(): Promise<DiscardServer> {
  let received = 0;
  const server = createServer({ keepAliveTimeout: 90_000 }, (request, response) => {
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytes: () => received,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
