import type { LookupFunction } from 'node:net';
import type { Dial } from './connection.ts';

/** Dials a server without TLS: whatever goes there is readable on the way. */
export function dialTcp(server: {
  readonly host: string;
  readonly port: number;
  readonly lookup?: LookupFunction | undefined;
}): Dial {
  return {
    ready: 'connect',
    open(reads) {
      const { connect } = process.getBuiltinModule('node:net');
      const { host, port, lookup } = server;
      return connect({ host, port, onread: reads, ...(lookup !== undefined && { lookup }) });
    },
  };
}
