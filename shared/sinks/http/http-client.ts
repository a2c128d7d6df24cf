import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Millis } from '../../core/units.ts';
import type { HttpAnswer } from './http-answer.ts';

/** Most bytes of an answer that are kept; the rest is read and thrown away, so that the socket can serve again. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** An answer that is longer still costs more than a new socket: it is not read to its end. */
const MAX_READ_BYTES = 1024 * 1024;

/** One request as it goes out. `body` is sent as it is, already compressed if `content-encoding` says so. */
export interface HttpRequest {
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface HttpClientSettings {
  /** Most sockets at once, all kept alive. */
  readonly concurrency: number;
  /** Longest time for one request. */
  readonly requestTimeout: Millis;
  /** False takes any certificate, which the sink must say aloud. */
  readonly verifyCertificate?: boolean;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
}

/** Keep-alive HTTP for sinks. Redirects are answers, not followed: they would carry credentials elsewhere. */
export interface HttpClient {
  /**
   * The answer, whatever its status. Throws the socket's error, the signal's reason, or `WEB_PAGE` for a page that comes as
   * success: no backend speaks HTML, so that something between has answered for it and nothing is stored. Nobody reads the
   * body any more when it resolves.
   */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  close(): void;
}

export function createHttpClient(settings: HttpClientSettings): HttpClient {
  const pool = { keepAlive: true, maxSockets: settings.concurrency, scheduling: 'lifo' } as const;
  const agents = {
    'http:': new HttpAgent(pool),
    'https:': new HttpsAgent({
      ...pool,
      rejectUnauthorized: settings.verifyCertificate ?? true,
      ...(settings.ca === undefined ? {} : { ca: settings.ca }),
    }),
  };
  return {
    async send(request, signal) {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(settings.requestTimeout)]);
      return await exchange(request, bounded, agents);
    },
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

function exchange(
  request: HttpRequest,
  signal: AbortSignal,
  agents: { readonly 'http:': HttpAgent; readonly 'https:': HttpsAgent },
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const secure = request.url.protocol === 'https:';
    const outgoing = (secure ? requestHttps : requestHttp)(request.url, {
      method: request.method,
      headers: { ...request.headers, 'content-length': String(request.body.byteLength) },
      agent: secure ? agents['https:'] : agents['http:'],
      signal,
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      read(incoming)
        .then(async (answer) => {
          await endBody(outgoing, answer);
          resolve(answer);
        })
        .catch(reject);
    });
    outgoing.end(request.body);
  });
}

/** An answer may come before the whole body is out: of what is accepted the rest is sent, of what is refused nobody reads it. */
async function endBody(outgoing: ClientRequest, { status }: HttpAnswer): Promise<void> {
  if (outgoing.writableFinished || outgoing.closed) return;
  if (status >= 300) outgoing.destroy();
  else await new Promise<void>((done) => outgoing.once('close', done));
}

async function read(incoming: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let kept = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    if (kept < MAX_ANSWER_BYTES) chunks.push(chunk.subarray(0, MAX_ANSWER_BYTES - kept));
    kept += chunk.length;
    // Leaving the loop destroys the socket.
    if (kept > MAX_READ_BYTES) break;
  }
  const { statusCode: status = 0, headers } = incoming;
  if (status >= 200 && status < 300 && /^text\/html\b/i.test(headers['content-type'] ?? '')) {
    const message = `HTTP ${status} with a web page: a proxy or a sign-in page answers for it`;
    throw Object.assign(new Error(message), { code: 'WEB_PAGE' });
  }
  return {
    status,
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    body: Buffer.concat(chunks),
  };
}
