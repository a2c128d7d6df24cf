import type { ClusterConnection } from '../clusters/connector.ts';
import { ConfigError } from '../core/errors.ts';
import type { Exchange, ExchangeRequest } from './exchange.ts';
import { createTlsDialer } from './http/dial-tls.ts';
import { createHttpClient } from './http/http-client.ts';

/** GETs over TLS with keep-alive. Never rejects, follows no redirect, sets no deadline but the request's signal. */
export interface Transport<E = undefined> {
  get(request: ExchangeRequest<E>): Promise<Exchange>;
  /** Ends sockets that wait for work: after one of them turned out dead the others are no better. */
  dropIdle(): void;
  close(): void;
}

/** Throws `ConfigError` if the server is not `https:` (a token never travels in the clear). */
export function createTransport(
  connection: ClusterConnection,
  settings: { readonly maxSockets: number; readonly userAgent: string },
): Transport {
  const server = parseServer(connection.server);
  const basePath = server.pathname.replace(/\/+$/, '');
  const client = createHttpClient(settings.maxSockets);
  const dial = createTlsDialer(connection)({
    host: server.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: server.port === '' ? 443 : Number(server.port),
    serverName: connection.serverName,
  });
  return {
    get: ({ path, headers, signal, maxBytes, readPieces, onHead }) =>
      client.get({
        key: '',
        dial,
        host: server.host,
        path: `${basePath}${path}`,
        headers: { 'user-agent': settings.userAgent, ...headers },
        signal,
        maxBytes,
        readPieces,
        onHead,
      }),
    dropIdle: client.dropIdle,
    close: client.close,
  };
}

function parseServer(text: string): URL {
  const server = URL.canParse(text) ? new URL(text) : undefined;
  if (server?.protocol === 'https:') return server;
  throw new ConfigError([{ where: 'API server', problem: `${text} is not an https:// URL: give one` }]);
}
