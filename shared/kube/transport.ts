import type { ClusterConnection } from '../clusters/connector.ts';
import { ConfigError } from '../core/errors.ts';
import type { Millis } from '../core/units.ts';
import type { Exchange, ExchangeRequest } from './exchange.ts';
import { receive } from './receive.ts';

/** An idle socket is given up before the API server does it (Go's server: 90 s idle). */
const IDLE_LIMIT: Millis = 80_000;

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
  const { clientCertificate } = connection;
  // With the first cluster, not with the module: TLS is most of what a cold start would load, and the reduction needs none.
  const { Agent, request: httpsRequest } = process.getBuiltinModule('node:https');
  const agent = new Agent({
    keepAlive: true,
    maxSockets: settings.maxSockets,
    maxFreeSockets: settings.maxSockets,
    timeout: IDLE_LIMIT,
    rejectUnauthorized: !connection.insecure,
    ...(connection.ca !== undefined && { ca: connection.ca }),
    ...(connection.serverName !== undefined && { servername: connection.serverName }),
    ...(clientCertificate !== undefined && { cert: clientCertificate.cert, key: clientCertificate.key }),
  });

  const get = ({ path, headers, signal, maxBytes, onHead }: ExchangeRequest<undefined>): Promise<Exchange> =>
    new Promise((resolve) => {
      const request = httpsRequest({
        agent,
        hostname: server.hostname.replace(/^\[(.*)\]$/, '$1'),
        port: server.port === '' ? 443 : Number(server.port),
        path: `${basePath}${path}`,
        headers: { 'user-agent': settings.userAgent, ...headers },
      });
      let answered = false;
      const settle = (exchange: Exchange): void => {
        signal.removeEventListener('abort', onAbort);
        resolve(exchange);
      };
      const onAbort = (): void => {
        request.destroy();
        if (!answered) settle({ kind: 'aborted', bytes: 0 });
      };
      signal.addEventListener('abort', onAbort, { once: true });
      request.on('error', (error) => {
        if (!answered) settle({ kind: 'broken', bytes: 0, error, phase: 'connect', reused: request.reusedSocket });
      });
      request.on('response', (response) => {
        answered = true;
        onHead(response.headers.date);
        void receive(response, maxBytes, signal).then(settle);
      });
      request.end();
    });

  return {
    get,
    dropIdle() {
      for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
    },
    close: () => agent.destroy(),
  };
}

function parseServer(text: string): URL {
  const server = URL.canParse(text) ? new URL(text) : undefined;
  if (server?.protocol === 'https:') return server;
  throw new ConfigError([{ where: 'API server', problem: `${text} is not an https:// URL: give one` }]);
}
