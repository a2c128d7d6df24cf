import { request as httpsRequest } from 'node:https';
import type { ClusterConnection } from '../clusters/connector.ts';
import type { Clock } from '../core/clock.ts';
import type { Deadline } from '../core/deadline.ts';
import { DeadlineError, describeError, HeaplessError } from '../core/errors.ts';
import { MIB, type Millis } from '../core/units.ts';
import { createClockSkew } from './clock-skew.ts';
import { type AuthHeaders, createCredentials, sameHeaders } from './credentials.ts';
import { describeConnectionError } from './describe-connection-error.ts';
import { excerpt, secretsOf } from './excerpt.ts';
import { parseApiStatus } from './parse-api-status.ts';
import { readBody } from './read-body.ts';

/** One question to the API server, as it is; nothing is tried again but after a 401. */
export interface Probe {
  readonly method: 'GET' | 'POST';
  /** Goes out as it is written: dots and escapes are not touched. */
  readonly path: string;
  readonly body?: object;
  readonly deadline: Deadline;
}

/** What was answered, or why nothing was. `message` is one line without secrets. */
export type ProbeAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: Buffer;
      /** The Status's message, or the beginning of the body. */
      readonly message: string;
      readonly millis: Millis;
    }
  | {
      readonly kind: 'none';
      readonly reason: 'credentials' | 'connection' | 'late' | 'too_large';
      readonly message: string;
    };

export interface Prober {
  ask(probe: Probe): Promise<ProbeAnswer>;
  /** Milliseconds by which the API server is ahead of us; undefined before an answer. */
  skew(): Millis | undefined;
}

const MAX_BYTES = 64 * MIB;

/** Asks an API server single questions, each on a connection of its own, always logged in, TLS as the connection says. */
export function createProber(
  connection: ClusterConnection,
  { clock, userAgent }: { readonly clock: Clock; readonly userAgent: string },
): Prober {
  const server = new URL(connection.server);
  const basePath = server.pathname.replace(/\/+$/, '');
  const credentials = createCredentials(connection, clock);
  const skew = createClockSkew();

  const exchange = (probe: Probe, auth: AuthHeaders): Promise<ProbeAnswer> =>
    new Promise((resolve) => {
      const { method, path, deadline } = probe;
      const body = probe.body === undefined ? undefined : JSON.stringify(probe.body);
      const sent = clock.now();
      const secrets = secretsOf(auth);
      const none = (reason: Extract<ProbeAnswer, { kind: 'none' }>['reason'], message: string): void =>
        resolve({ kind: 'none', reason, message });
      const broken = (error: Error): void => {
        if (deadline.signal.aborted) none('late', `no answer within ${clock.now() - sent} ms`);
        else none('connection', describeConnectionError(error));
      };
      const { clientCertificate, ca, serverName } = connection;
      const request = httpsRequest({
        agent: false,
        hostname: server.hostname.replace(/^\[(.*)\]$/, '$1'),
        port: server.port === '' ? 443 : Number(server.port),
        method,
        path: `${basePath}${path}`,
        headers: {
          'user-agent': userAgent,
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...auth,
        },
        signal: deadline.signal,
        rejectUnauthorized: !connection.insecure,
        ...(ca !== undefined && { ca }),
        ...(serverName !== undefined && { servername: serverName }),
        ...(clientCertificate !== undefined && { cert: clientCertificate.cert, key: clientCertificate.key }),
      });
      request.on('error', broken);
      request.on('response', (response) => {
        skew.observe(response.headers.date, sent, clock.now());
        void readBody(response, MAX_BYTES).then((read) => {
          if (read.kind === 'too_large') return none('too_large', `an answer of more than ${MAX_BYTES} bytes`);
          if (read.kind !== 'whole') return broken(read.error);
          const message = excerpt(parseApiStatus(read.body)?.message || read.body, secrets);
          const { statusCode: status = 0 } = response;
          resolve({ kind: 'answer', status, body: read.body, message, millis: clock.now() - sent });
        });
      });
      request.end(body);
    });

  return {
    async ask(probe) {
      try {
        const auth = await credentials.current(probe.deadline);
        const answer = await exchange(probe, auth);
        if (answer.kind === 'none' || answer.status !== 401) return answer;
        const renewed = await credentials.renewed(probe.deadline);
        return sameHeaders(renewed, auth) ? answer : await exchange(probe, renewed);
      } catch (error) {
        if (error instanceof DeadlineError) return { kind: 'none', reason: 'late', message: error.message };
        const message = error instanceof HeaplessError ? error.message : excerpt(describeError(error), []);
        return { kind: 'none', reason: 'credentials', message };
      }
    },
    skew: skew.estimate,
  };
}
