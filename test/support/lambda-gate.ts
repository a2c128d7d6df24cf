import { once } from 'node:events';
import { createServer, request as requestHttp } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What Lambda's front says of an invocation instead of running it. */
export interface LambdaRefusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/** A door in front of Lambda's API: lets calls through, or refuses those that a test picks, as the service does. */
export interface LambdaGate {
  readonly endpoint: string;
  /** Calls of a function with this name and event get the refusal, or pass (undefined). */
  refuse(pick: (functionName: string, event: unknown) => LambdaRefusal | undefined): void;
  stop(): Promise<void>;
}

/** Opens a gate on loopback in front of `http://127.0.0.1:<port>`. */
export async function openLambdaGate(port: string): Promise<LambdaGate> {
  let pick: Parameters<LambdaGate['refuse']>[0] = () => undefined;
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const name = /\/functions\/([^/]+)\/invocations/.exec(incoming.url ?? '')?.[1] ?? '';
      const refusal =
        name === '' ? undefined : pick(decodeURIComponent(name), JSON.parse(body.toString('utf8') || '{}'));
      if (refusal !== undefined) {
        outgoing.writeHead(refusal.status, { 'content-type': 'application/json', 'x-amzn-errortype': refusal.type });
        outgoing.end(JSON.stringify({ Type: 'User', message: refusal.message }));
        return;
      }
      const { method = 'POST', url = '/', headers } = incoming;
      const onward = requestHttp({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuse(next) {
      pick = next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
