import { readFile } from 'node:fs/promises';
import { generate } from 'selfsigned';
import type { ClusterDeps } from '../../../shared/clusters/cluster-deps.ts';
import type { ClusterConnection } from '../../../shared/clusters/connector.ts';
import { connectCluster } from '../../../shared/clusters/registry.ts';
import { parseUri } from '../../../shared/config/uri.ts';
import type { Clock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import { ConfigError } from '../../../shared/core/errors.ts';
import { type Millis, SECOND, type UnixMillis } from '../../../shared/core/units.ts';

export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface TestClock extends Clock {
  advance(duration: Millis): void;
}

/** A clock that moves when it is told to; it starts at the real time because certificates are made now. */
export function testClock(start: UnixMillis = Date.now()): TestClock {
  let now = start;
  return {
    now: () => now,
    sleep: async () => undefined,
    advance(duration) {
      now += duration;
    },
  };
}

export interface TestMachine extends ClusterDeps {
  readonly clock: TestClock;
  readonly files: Map<string, string>;
  readonly notices: string[];
}

/** A machine whose files are a map; paths that are not in it are read from the disk. */
export function testMachine(env: Readonly<Record<string, string>> = {}): TestMachine {
  const files = new Map<string, string>();
  const notices: string[] = [];
  return {
    env,
    files,
    notices,
    clock: testClock(),
    readFile: async (path) => files.get(path) ?? readFile(path, 'utf8'),
    notice: ({ where, notice }) => notices.push(`${where}: ${notice}`),
  };
}

/** Connects with options that are percent-encoded here, so that paths and documents can be given as they are. */
export function connect(
  machine: TestMachine,
  address: string,
  options: Readonly<Record<string, string>> = {},
): Promise<ClusterConnection> {
  const query = Object.entries(options).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return connectCluster(parseUri(`kubernetes.summary_api:${address}?${query.join('&')}`, {}), machine);
}

/** The problems of a connection that fails. */
export async function problemsOf(attempt: Promise<unknown>): Promise<readonly string[]> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ where, problem }) => `${where}: ${problem}`);
    throw error;
  }
  return [];
}

/** The headers of a connection now. */
export async function headersOf(
  connection: ClusterConnection,
  machine: TestMachine,
  { renew = false }: { readonly renew?: boolean } = {},
): Promise<Readonly<Record<string, string>>> {
  using deadline = createDeadline(machine.clock.now() + 20 * SECOND, machine.clock);
  return await connection.authenticate({ renew, deadline });
}

export interface TestCertificates {
  readonly ca: string;
  readonly caKey: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

/** A CA, a server certificate for 127.0.0.1 and a client certificate of the user `heapless`. */
export async function testCertificates(): Promise<TestCertificates> {
  const common = { keyType: 'ec', algorithm: 'sha256' } as const;
  const ca = await generate([{ name: 'commonName', value: 'test-ca' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true },
    ],
  });
  const signer = { key: ca.private, cert: ca.cert };
  const server = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    ...common,
    ca: signer,
    extensions: [
      { name: 'basicConstraints', cA: false },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  const client = await generate([{ name: 'commonName', value: 'heapless' }], {
    ...common,
    ca: signer,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
  return {
    ca: ca.cert,
    caKey: ca.private,
    server: { cert: server.cert, key: server.private },
    client: { cert: client.cert, key: client.private },
  };
}

/** A certificate of its own that ended before `now`. */
export async function endedCertificate(): Promise<{ readonly cert: string; readonly key: string }> {
  const made = await generate([{ name: 'commonName', value: 'old' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date('2020-01-01T00:00:00Z'),
    notAfterDate: new Date('2021-01-01T00:00:00Z'),
  });
  return { cert: made.cert, key: made.private };
}
