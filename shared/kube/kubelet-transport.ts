import type { LookupFunction } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import type { Dial } from './http/connection.ts';
import { dialTcp } from './http/dial-tcp.ts';
import { createTlsDialer } from './http/dial-tls.ts';
import { createHttpClient } from './http/http-client.ts';
import { refuseAddress } from './kubelet-address.ts';
import { isNodeName } from './node-name.ts';
import type { Transport } from './transport.ts';

/** A kubelet to ask: the node's name, which its certificate has, and where it listens. */
export interface KubeletEndpoint {
  readonly node: string;
  readonly host: string;
  readonly port: number;
}

export interface KubeletTrust {
  /** False = HTTP, without our token. */
  readonly https: boolean;
  /** PEM that kubelets' certificates must chain to; undefined = the public roots. */
  readonly ca: string | undefined;
  readonly insecure: boolean;
  /** Whether addresses are asked that no machine in a network has: loopback, link-local … */
  readonly localAddresses: boolean;
  readonly clientCertificate: { readonly cert: string; readonly key: string } | undefined;
}

/** How many kubelets' TLS sessions are remembered. */
const MOST_DIALS = 10_000;

/** An address that is not asked. `code` tells it from what the network says. */
export const REFUSED_ADDRESS = 'ERR_KUBELET_ADDRESS';

/**
 * GETs at kubelets' own ports. The certificate must chain to the trusted authority and be for the node's name or for the address that
 * was dialled, as kubelets' serving certificates are. Names are resolved here and each address is judged: what a node says of
 * itself must not lead our token to this machine or to a cloud's metadata. No redirect is followed.
 */
export function createKubeletTransport(
  trust: KubeletTrust,
  settings: { readonly maxSockets: number; readonly userAgent: string },
): Transport<KubeletEndpoint> {
  const { checkServerIdentity } = process.getBuiltinModule('node:tls');
  const { isIP } = process.getBuiltinModule('node:net');
  const lookup = trust.localAddresses ? undefined : judgedLookup;
  const client = createHttpClient(settings.maxSockets * 2);
  const dialTls = createTlsDialer(trust);
  const dials = new Map<string, Dial>();

  const dialOf = ({ node, host, port }: KubeletEndpoint): Dial => {
    if (!trust.https) return dialTcp({ host, port, lookup });
    const check = (_name: string, certificate: PeerCertificate): Error | undefined =>
      checkServerIdentity(node, certificate) === undefined ? undefined : checkServerIdentity(host, certificate);
    return dialTls({ host, port, lookup, serverName: isIP(node) === 0 ? node : undefined, checkServerIdentity: check });
  };

  return {
    get({ endpoint, path, headers, signal, maxBytes, onHead }) {
      const refusal = refuseEndpoint(endpoint, trust);
      if (refusal !== undefined) {
        return Promise.resolve({ kind: 'broken', bytes: 0, error: refusal, phase: 'connect', reused: false });
      }
      const { node, host, port } = endpoint;
      const address = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
      // The name of the node is part of it: its sockets and sessions serve no other one at the same address.
      const key = `${node} ${address}`;
      const dial = dials.get(key) ?? dialOf(endpoint);
      // Nodes come and go.
      if (dials.size >= MOST_DIALS) dials.clear();
      dials.set(key, dial);
      return client.get({
        key,
        dial,
        host: address,
        path,
        headers: { 'user-agent': settings.userAgent, ...headers },
        signal,
        maxBytes,
        onHead,
      });
    },
    // Each socket is another kubelet's: that one died says nothing of the others.
    dropIdle: () => undefined,
    close: client.close,
  };
}

function refuseEndpoint({ host }: KubeletEndpoint, { localAddresses }: KubeletTrust): Error | undefined {
  const { isIP } = process.getBuiltinModule('node:net');
  if (host === '') return refused('the node has no address in its status');
  if (isIP(host) === 0) {
    return isNodeName(host)
      ? undefined
      : refused(`${JSON.stringify(host.slice(0, 100))} is neither IP address nor DNS name`);
  }
  const why = localAddresses ? undefined : refuseAddress(host);
  return why === undefined ? undefined : refused(`${host} is ${why}`);
}

function refused(message: string): Error {
  return Object.assign(new Error(message), { code: REFUSED_ADDRESS });
}

/** Resolves a name and refuses it if any of its addresses is one that is not asked. */
const judgedLookup: LookupFunction = (hostname, options, callback) => {
  const { lookup } = process.getBuiltinModule('node:dns');
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    for (const { address } of addresses) {
      const why = refuseAddress(address);
      if (why !== undefined) return callback(refused(`${hostname} is ${address}, ${why}`), '', 0);
    }
    const [first] = addresses;
    if (options.all === true) return callback(null, addresses);
    callback(null, first?.address ?? '', first?.family);
  });
};
