import type { ClientRequest, IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import type { Millis } from '../core/units.ts';
import type { Exchange, ExchangeRequest } from './exchange.ts';
import { refuseAddress } from './kubelet-address.ts';
import { isNodeName } from './node-name.ts';
import { receive } from './receive.ts';
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

/** Once a minute is the pace of a tick: a socket that lived until the next one is used again. */
const IDLE_LIMIT: Millis = 80_000;

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
  // With the first kubelet, not with the module: most functions need none of it.
  const http = process.getBuiltinModule('node:http');
  const https = process.getBuiltinModule('node:https');
  const { checkServerIdentity } = process.getBuiltinModule('node:tls');
  const { isIP } = process.getBuiltinModule('node:net');
  const lookup = trust.localAddresses ? undefined : judgedLookup;
  const pool = { keepAlive: true, maxTotalSockets: settings.maxSockets * 2, timeout: IDLE_LIMIT };
  const { clientCertificate } = trust;
  const agent = trust.https
    ? new https.Agent({
        ...pool,
        rejectUnauthorized: !trust.insecure,
        ...(trust.ca !== undefined && { ca: trust.ca }),
        ...(clientCertificate !== undefined && { cert: clientCertificate.cert, key: clientCertificate.key }),
      })
    : new http.Agent(pool);

  const open = ({ path, headers, endpoint }: ExchangeRequest<KubeletEndpoint>): ClientRequest => {
    const { node, host, port } = endpoint;
    const common = {
      hostname: host,
      port,
      path,
      headers: { 'user-agent': settings.userAgent, ...headers },
      ...(lookup !== undefined && { lookup }),
    };
    if (!trust.https) return http.request({ ...common, agent });
    const check = (_name: string, certificate: PeerCertificate): Error | undefined =>
      checkServerIdentity(node, certificate) === undefined ? undefined : checkServerIdentity(host, certificate);
    return https.request({
      ...common,
      agent,
      // A name of its own for each node keeps sockets and sessions of one from serving another at the same address.
      servername: isIP(node) === 0 ? node : '',
      checkServerIdentity: check,
    });
  };

  return {
    get: (wanted) =>
      new Promise((resolve) => {
        const { endpoint, signal, maxBytes, onHead } = wanted;
        const refusal = refuseEndpoint(endpoint, trust);
        if (refusal !== undefined) {
          resolve({ kind: 'broken', bytes: 0, error: refusal, phase: 'connect', reused: false });
          return;
        }
        const request = open(wanted);
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
        request.on('response', (response: IncomingMessage) => {
          answered = true;
          onHead(response.headers.date);
          void receive(response, maxBytes, signal).then(settle);
        });
        request.end();
      }),
    // Each socket is another kubelet's: that one died says nothing of the others.
    dropIdle: () => undefined,
    close: () => agent.destroy(),
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
