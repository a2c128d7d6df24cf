import { once } from 'node:events';
import {
  createServer,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';

/**
 * What a proxy does with one request. `drip`, `truncate` and `clock` come after the service has done its work; the others
 * instead of it. `garbage` is no HTTP, `page` an HTML page with 200, as something between answers.
 */
export type ProxyFault =
  | { readonly kind: 'reset' | 'hang' | 'drip' | 'truncate' | 'garbage' | 'page' }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** `Date` is this much off. */
  | { readonly kind: 'clock'; readonly millis: number };

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
}

/** A proxy on loopback in front of one HTTP service: real sockets, real faults. */
export interface FaultProxy extends AsyncDisposable {
  readonly url: string;
  /** Requests that met a fault. */
  readonly faulted: number;
  /** Asked for each request; undefined = it goes through. */
  plan(faultOf: ((request: ProxiedRequest) => ProxyFault | undefined) | undefined): void;
  /** Ends all connections, and takes no new ones until `accept`. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
}

export interface FaultProxySettings {
  /** `http://…` or `https://…` of the service. */
  readonly target: string;
  /** Authority of the service's certificate. */
  readonly ca?: string;
  /** Runs around each request to the service itself, for a clock that stands meanwhile. */
  readonly during?: <T>(work: () => Promise<T>) => Promise<T>;
  /** With it the proxy speaks TLS. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** Below what the system gives away by itself, so that nobody takes the port while the proxy refuses. */
const FIRST_PORT = 15_000;
const PORTS = 17_000;
const DRIP_MILLIS = 40;

export async function startFaultProxy(settings: FaultProxySettings): Promise<FaultProxy> {
  const { target, ca, certificate } = settings;
  const base = new URL(target);
  const agent =
    base.protocol === 'https:'
      ? new HttpsAgent({ keepAlive: true, ...(ca && { ca }) })
      : new HttpAgent({ keepAlive: true });
  const sockets = new Set<Socket>();
  let faultOf: ((request: ProxiedRequest) => ProxyFault | undefined) | undefined;
  let faulted = 0;

  const { during = (work) => work() } = settings;
  const forward = (incoming: IncomingMessage): Promise<Answer> => during(() => ask(incoming));
  const ask = async (incoming: IncomingMessage): Promise<Answer> => {
    const body = await readAll(incoming);
    const outgoing = (base.protocol === 'https:' ? requestHttps : requestHttp)(new URL(incoming.url ?? '/', base), {
      agent,
      method: incoming.method ?? 'GET',
      headers: incoming.headers,
    });
    outgoing.end(body);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, rawHeaders: answer.rawHeaders, body: await readAll(answer) };
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const fault = faultOf?.({ method: incoming.method ?? '', path: incoming.url ?? '' });
    if (fault === undefined) return answer(await forward(incoming), response);
    faulted++;
    const { socket } = incoming;
    switch (fault.kind) {
      case 'status':
        await readAll(incoming);
        response.writeHead(fault.status, fault.headers).end(fault.body ?? 'injected');
        return;
      case 'page':
        await readAll(incoming);
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Please sign in</body></html>');
        return;
      case 'hang':
        await readAll(incoming);
        return;
      case 'reset':
        await readAll(incoming);
        socket.resetAndDestroy();
        return;
      case 'garbage':
        await readAll(incoming);
        socket.end(Buffer.from('\u0015\u0003\u0001\u0000\u0002 not HTTP at all\n\n', 'latin1'));
        return;
      case 'clock': {
        const off = await forward(incoming);
        response.sendDate = false;
        return answer({ ...off, rawHeaders: withDate(off.rawHeaders, Date.now() + fault.millis) }, response);
      }
      case 'truncate': {
        const bytes = onWire(await forward(incoming));
        socket.end(bytes.subarray(0, Math.floor(bytes.length / 2)));
        return;
      }
      case 'drip':
        drip(onWire(await forward(incoming)), socket);
        return;
    }
  };
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    serve(incoming, response).catch(() => incoming.socket.destroy());
  };
  const server = certificate === undefined ? createServer(listener) : createTlsServer({ ...certificate }, listener);
  for (const event of ['connection', 'secureConnection']) {
    server.on(event, (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    });
  }
  const port = await listenBelow(server);
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    get faulted() {
      return faulted;
    },
    plan(next) {
      faultOf = next;
    },
    refuse: stop,
    async accept() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    async [Symbol.asyncDispose]() {
      await stop();
      agent.destroy();
    },
  };
}

interface Answer {
  readonly status: number;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

function answer({ status, rawHeaders, body }: Answer, response: ServerResponse): void {
  response.writeHead(status, [...withoutFraming(rawHeaders)]).end(body);
}

/** The answer as bytes, closed at its end. */
function onWire({ status, rawHeaders, body }: Answer): Buffer {
  const kept = withoutFraming(rawHeaders);
  const lines = Array.from({ length: kept.length / 2 }, (_, at) => `${kept[at * 2]}: ${kept[at * 2 + 1]}`);
  const head = [`HTTP/1.1 ${status} Some`, ...lines, `content-length: ${body.length}`, 'connection: close', '', ''];
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), body]);
}

const FRAMING = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

function withoutFraming(rawHeaders: readonly string[]): readonly string[] {
  return rawHeaders.filter((_, at) => !FRAMING.has((rawHeaders[at - (at % 2)] ?? '').toLowerCase()));
}

function withDate(rawHeaders: readonly string[], at: number): readonly string[] {
  const others = rawHeaders.filter((_, index) => rawHeaders[index - (index % 2)]?.toLowerCase() !== 'date');
  return [...others, 'Date', new Date(at).toUTCString()];
}

/** One byte after the other, slower than anybody waits. */
function drip(bytes: Buffer, socket: Socket): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at < bytes.length) socket.write(bytes.subarray(at, ++at));
    else socket.end();
  }, DRIP_MILLIS);
  socket.on('close', () => clearInterval(timer));
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function listenBelow(server: Server): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    server.listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      return port;
    } catch (error) {
      if ((error as { readonly code?: string }).code !== 'EADDRINUSE') throw error;
    }
  }
}
