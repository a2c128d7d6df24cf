import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A request as a simulated service sees it, decompressed. */
export interface SimRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface SimAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What goes wrong with one request. `answered` = the service does its work, and the caller is not told. */
export type SimFault =
  | { readonly kind: 'answer'; readonly answer: SimAnswer }
  | { readonly kind: 'reset'; readonly answered?: boolean }
  | { readonly kind: 'hang' };

/** A service on loopback with scripted faults. */
export interface HttpSim extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly openSockets: number;
  /** Requests that came, those with faults too. */
  readonly requests: readonly SimRequest[];
  /** Lets the next requests go wrong, one each. */
  fail(...faults: readonly SimFault[]): void;
  /** Lets every request go wrong that is not scripted; undefined = none. */
  failAlways(fault: SimFault | undefined): void;
}

/** Starts a service whose answers are made by `serve`; what it throws is an answer of 500. */
export async function startHttpSim(serve: (request: SimRequest) => SimAnswer | Promise<SimAnswer>): Promise<HttpSim> {
  const scripted: SimFault[] = [];
  const requests: SimRequest[] = [];
  const sockets = new Set<Socket>();
  let always: SimFault | undefined;

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      if (!response.headersSent && !response.destroyed) response.writeHead(500).end(String(error));
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    requests.push(request);
    const fault = scripted.shift() ?? always;
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset') {
      if (fault.answered === true) await serve(request);
      incoming.socket.resetAndDestroy();
      return;
    }
    const { status, headers = {}, body = '' } = fault?.kind === 'answer' ? fault.answer : await serve(request);
    response.writeHead(status, headers).end(body);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get openSockets() {
      return sockets.size;
    },
    requests,
    fail: (...faults) => {
      scripted.push(...faults);
    },
    failAlways: (fault) => {
      always = fault;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<SimRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  return {
    method: incoming.method ?? '',
    url: new URL(incoming.url ?? '/', 'http://sim'),
    headers: incoming.headers,
    body: incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw,
  };
}
