import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { ClusterConnection } from '../../clusters/connector.ts';
import type { Clock } from '../../core/clock.ts';
import type { Deadline } from '../../core/deadline.ts';
import { DeadlineError, describeError } from '../../core/errors.ts';
import { describeConnectionError } from '../../kube/describe-connection-error.ts';
import { beforeDeadline } from '../before-deadline.ts';
import { certificateFinding } from './certificate-finding.ts';
import { ok, problem, type StepFinding, skipped } from './finding.ts';

export interface NetworkScene {
  readonly connection: ClusterConnection;
  readonly clock: Clock;
  /** For all three steps together. */
  readonly deadline: Deadline;
}

/** Name, TCP and TLS of the API server, one after the other; what is behind a failed step is skipped. No request is sent. */
export async function examineNetwork({ connection, clock, deadline }: NetworkScene): Promise<readonly StepFinding[]> {
  const server = new URL(connection.server);
  const host = server.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = server.port === '' ? 443 : Number(server.port);
  const rest = (steps: readonly string[]): readonly StepFinding[] => steps.map((step) => skipped(step, 'not reached'));

  const name = await examineName(host, deadline);
  if (name.status === 'problem') return [name, ...rest(['tcp', 'tls'])];
  const tcp = await examineTcp(host, port, clock, deadline);
  if (tcp.status === 'problem') return [name, tcp, ...rest(['tls'])];
  return [name, tcp, await examineTls({ host, port }, connection, clock, deadline)];
}

async function examineName(host: string, deadline: Deadline): Promise<StepFinding> {
  if (isIP(host) !== 0) return ok('name', `${host} is an address`);
  try {
    const addresses = await beforeDeadline(lookup(host, { all: true }), deadline, `resolving ${host}`);
    return ok('name', `${host} is ${addresses.map(({ address }) => address).join(', ')}`);
  } catch (error) {
    const mend =
      'check the host in the source; a private endpoint resolves only in its own network (a function needs subnetIds there)';
    return problem('name', `${host} does not resolve (${describeError(error)})`, mend);
  }
}

async function examineTcp(host: string, port: number, clock: Clock, deadline: Deadline): Promise<StepFinding> {
  const started = clock.now();
  const socket = connect({ host, port });
  try {
    await beforeDeadline(
      new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('error', reject);
      }),
      deadline,
      `connecting to ${host}:${port}`,
    );
    return ok('tcp', `port ${port} answers`, clock.now() - started);
  } catch (error) {
    const said = error instanceof DeadlineError ? error.message : describeConnectionError(asError(error));
    const mend = `check host and port in the source, and the firewall, security group or authorized networks in front of ${host}:${port}`;
    return problem('tcp', `port ${port} does not answer: ${said}`, mend);
  } finally {
    socket.on('error', () => undefined);
    socket.destroy();
  }
}

/** Shakes hands without trust, so that what is wrong with the certificate can be said; closes before anything is sent. */
async function examineTls(
  { host, port }: { readonly host: string; readonly port: number },
  { ca, serverName, insecure }: ClusterConnection,
  clock: Clock,
  deadline: Deadline,
): Promise<StepFinding> {
  const name = serverName ?? host;
  const secure: TLSSocket = connectTls({
    host,
    port,
    rejectUnauthorized: false,
    ...(isIP(name) === 0 && { servername: name }),
    ...(ca !== undefined && { ca }),
  });
  try {
    await beforeDeadline(
      new Promise<void>((resolve, reject) => {
        secure.once('secureConnect', resolve);
        secure.once('error', reject);
      }),
      deadline,
      'shaking hands by TLS',
    );
    const certificate: PeerCertificate = secure.getPeerCertificate();
    const error = secure.authorized ? undefined : String(secure.authorizationError);
    return certificateFinding(certificate, { error, name, insecure, hasCa: ca !== undefined, now: clock.now() });
  } catch (error) {
    const said = error instanceof DeadlineError ? error.message : describeConnectionError(asError(error));
    return problem('tls', said, 'check that the port in the source is that of the API server, and proxies on the way');
  } finally {
    secure.on('error', () => undefined);
    secure.destroy();
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
