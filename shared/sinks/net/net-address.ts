import type { ComponentUri } from '../../config/config.ts';
import { uriAddress } from '../../config/uri-address.ts';
import type { TcpAddress } from './send-tcp.ts';

/** Where a sink of a line protocol sends to, or what is wrong with its address. */
export type NetAddress<Transport extends string> =
  | { readonly transport: Transport; readonly address: TcpAddress }
  | { readonly problem: string };

export interface NetAddressRules<Transport extends string> {
  /** Transports that the URI's scheme may name; the first is taken for an address without one. */
  readonly transports: readonly [Transport, ...Transport[]];
  /** Port of an address without one. */
  readonly port: number;
  /** Address of a URI without one; none = it needs one. */
  readonly byDefault?: string;
}

/** Reads `tcp://host:2003`, `host:2003`, `10.0.0.1:2003`, `tcp://host` of a sink's URI. */
export function readNetAddress<Transport extends string>(
  uri: ComponentUri,
  rules: NetAddressRules<Transport>,
): NetAddress<Transport> {
  const { transports, port, byDefault } = rules;
  const example = `${uri.key}:${transports[0]}://host:${port}`;
  const written = uriAddress(uri);
  const named = uri.host === '' ? '' : uri.scheme;
  const transport = named === '' ? transports[0] : transports.find((each) => each === named);
  if (transport === undefined) {
    const allowed = transports.map((each) => `${each}://`).join(' or ');
    return { problem: `needs an address that begins with ${allowed}, like ${example}; got ${uri.shown}` };
  }
  const text = written === '' ? byDefault : written;
  const strayPath = uri.host === '' ? written === '' && uri.path !== '' : !['', '/'].includes(uri.path);
  if (text === undefined || strayPath) return { problem: `needs an address like ${example}; got ${uri.shown}` };
  const [, host = '', digits] = /^(\[[^\]]+\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [];
  const number = digits === undefined ? port : Number(digits);
  if (host === '' || number < 1 || number > 65_535) {
    return { problem: `needs an address like ${example}; got ${uri.shown}` };
  }
  return { transport, address: { host: host.replace(/^\[(.*)\]$/, '$1'), port: number } };
}
