import { once } from 'node:events';
import { createServer, request as requestHttp } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SimAnswer } from '../sim/http-sim.ts';

/** What happens to a call instead of its being let through; `reset` = the connection breaks. */
export type GateFault = SimAnswer | 'reset';

/** A door in front of a service on loopback: lets calls through, or does what a test says to those that it picks. */
export interface HttpGate extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Calls of this path with this body meet the fault, or pass (undefined). */
  refuse(pick: (path: string, body: Buffer) => GateFault | undefined): void;
}

/** Opens a gate in front of `http://127.0.0.1:<port>`. */
export async function openHttpGate(port: number | string): Promise<HttpGate> {
  let pick: Parameters<HttpGate['refuse']>[0] = () => undefined;
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const { method = 'POST', url = '/', headers } = incoming;
      const fault = pick(url, body);
      if (fault === 'reset') return void incoming.socket.resetAndDestroy();
      if (fault !== undefined) return void outgoing.writeHead(fault.status, fault.headers).end(fault.body);
      const onward = requestHttp({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    })().catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuse(next) {
      pick = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
