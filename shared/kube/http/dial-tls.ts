import type { LookupFunction } from 'node:net';
import type { ConnectionOptions, PeerCertificate, SecureContext } from 'node:tls';
import type { Dial, SocketReads } from './connection.ts';

/** Whom to trust, and who we are. */
export interface TlsTrust {
  /** PEM; undefined = the public roots. */
  readonly ca?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly clientCertificate?: { readonly cert: string; readonly key: string } | undefined;
}

/** A server to dial. */
export interface TlsServer {
  readonly host: string;
  readonly port: number;
  /** The name that is asked for and that the certificate must have; undefined = the host. */
  readonly serverName: string | undefined;
  readonly lookup?: LookupFunction | undefined;
  readonly checkServerIdentity?: (name: string, certificate: PeerCertificate) => Error | undefined;
}

/**
 * Dials servers of one trust. The trust is read once, with the first connection; a server's TLS session is taken up again, which
 * spares both sides most of a handshake.
 */
export function createTlsDialer(trust: TlsTrust): (server: TlsServer) => Dial {
  let secureContext: SecureContext | undefined;
  return (server) => {
    let session: Buffer | undefined;
    return {
      ready: 'secureConnect',
      open(reads) {
        // With the first connection, not with the module: the reduction needs no TLS.
        const { connect, createSecureContext } = process.getBuiltinModule('node:tls');
        const { isIP } = process.getBuiltinModule('node:net');
        const { ca, clientCertificate, insecure } = trust;
        secureContext ??= createSecureContext({
          ...(ca !== undefined && { ca }),
          ...(clientCertificate !== undefined && { cert: clientCertificate.cert, key: clientCertificate.key }),
        });
        const { host, port, lookup, checkServerIdentity } = server;
        const name = server.serverName ?? (isIP(host) === 0 ? host : undefined);
        const options: ConnectionOptions & { readonly onread: SocketReads } = {
          host,
          port,
          secureContext,
          rejectUnauthorized: insecure !== true,
          ALPNProtocols: ['http/1.1'],
          onread: reads,
          ...(name !== undefined && { servername: name }),
          ...(session !== undefined && { session }),
          ...(lookup !== undefined && { lookup }),
          ...(checkServerIdentity !== undefined && { checkServerIdentity }),
        };
        const socket = connect(options);
        socket.on('session', (next) => {
          session = next;
        });
        // Whatever went wrong, the next connection begins anew.
        socket.on('error', () => {
          session = undefined;
        });
        return socket;
      },
    };
  };
}
