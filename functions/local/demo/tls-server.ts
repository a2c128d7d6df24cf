import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../../../shared/core/clock.ts';
import { parseApiRequest } from './api-request.ts';
import { type ApiServer, tooMany } from './api-server.ts';
import type { ServerCertificate } from './certificate.ts';
import { deliver } from './delivery.ts';
import type { DemoUsage } from './demo-types.ts';
import type { FaultBoard } from './fault-board.ts';
import type { Delivery } from './kubelet-answer.ts';

export interface TlsServer {
  readonly port: number;
  usage(): DemoUsage;
  closeIdleConnections(): void;
  close(): Promise<void>;
}

export interface TlsServerSettings {
  readonly api: ApiServer;
  readonly certificate: ServerCertificate;
  readonly clock: Clock;
  readonly faults: FaultBoard;
  readonly latencyMillis: number;
  readonly maxListsInFlight: number;
  readonly port: number;
}

/** As Go's server in kube-apiserver: idle connections end after 90 s. */
const IDLE_MILLIS = 90_000;

/** Serves an API server over TLS on 127.0.0.1. Rejects if the port is taken. */
export async function startTlsServer(settings: TlsServerSettings): Promise<TlsServer> {
  const { api, clock, faults } = settings;
  const byPath = new Map<string, number>();
  const served = new WeakSet<Socket>();
  let requests = 0;
  let connections = 0;
  let inFlight = 0;
  let lists = 0;
  let peakInFlight = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const isStale = served.has(request.socket) && faults.takeApi('stale') !== undefined;
    if (isStale || faults.takeApi('down') !== undefined) {
      request.socket.destroy();
      return;
    }
    served.add(request.socket);
    const parsed = parseApiRequest(request);
    const asked = request.method === 'POST' ? { ...parsed, body: await textOf(request) } : parsed;
    requests++;
    byPath.set(asked.path, (byPath.get(asked.path) ?? 0) + 1);
    peakInFlight = Math.max(peakInFlight, ++inFlight);
    const isList = asked.verb === 'list';
    if (isList) lists++;
    const ended = new AbortController();
    response.on('close', () => {
      inFlight--;
      if (isList) lists--;
      ended.abort();
    });
    const ahead = faults.takeApi('clock')?.aheadMillis ?? 0;
    response.setHeader('Date', new Date(clock.now() + ahead).toUTCString());
    if (settings.latencyMillis > 0) await clock.sleep(settings.latencyMillis, ended.signal);
    const full: Delivery = { kind: 'whole', answer: tooMany('1') };
    const delivery = isList && lists > settings.maxListsInFlight ? full : api.deliver(asked);
    await deliver(delivery, { request, response }, { clock, signal: ended.signal });
  };

  const { cert, key } = settings.certificate;
  const server = createServer({ cert, key, keepAliveTimeout: IDLE_MILLIS }, (request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.on('secureConnection', () => {
    connections++;
  });
  const port = await listen(server, settings.port);
  return {
    port,
    usage: () => ({ requests, connections, peakInFlight, requestsByPath: new Map(byPath) }),
    closeIdleConnections: () => server.closeIdleConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** More than any review. */
const MOST_BODY = 65_536;

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MOST_BODY) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
