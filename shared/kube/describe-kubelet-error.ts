import { describeError } from '../core/errors.ts';
import { REFUSED_ADDRESS } from './kubelet-transport.ts';

const ADVICE: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [
    new RegExp(`^${REFUSED_ADDRESS}$`),
    "the node's address is not asked: correct it in the node's status, or set kubelet_local_addresses=true if it is meant",
  ],
  [/^ENOTFOUND$|^EAI_/, 'the name of the node does not resolve here: check DNS, or use route=proxy'],
  [/^ECONNREFUSED$/, 'nothing listens at the kubelet: check kubeletPort'],
  [
    /^EHOSTUNREACH$|^ENETUNREACH$|^ETIMEDOUT$/,
    'no route to the kubelet: the function must be inside the network of the nodes and its security group let to their port; or use route=proxy',
  ],
  [/^CERT_HAS_EXPIRED$|^CERT_NOT_YET_VALID$/, "the kubelet's certificate is not valid now: check it, and this clock"],
  [
    /ALTNAME_INVALID$/,
    "the kubelet's certificate is for another name than the node's: set serverTLSBootstrap: true in the kubelet's configuration and approve its requests",
  ],
  [
    /SELF_SIGNED|ISSUER_CERT|VERIFY_LEAF|^CERT_|^UNABLE_TO_/,
    "the kubelet's certificate is not of the cluster's authority: give kubelet_ca_file with the one that signed it; if kubelets sign for themselves, set serverTLSBootstrap: true in their configuration and approve the requests, or kubelet_insecure_tls=true to trust whoever answers",
  ],
  [/ALERT|^ERR_SSL_|^EPROTO$/, 'TLS failed: check that kubeletPort is the one with TLS, and kubeletHttps'],
  [/^HPE_/, 'the answer is not HTTP/1.1: check kubeletPort'],
  [/^ECONNRESET$|^EPIPE$/, 'the kubelet closed the connection'],
];

/** What went wrong on the way to a kubelet, and which option or setting mends it. */
export function describeKubeletError(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const advice = ADVICE.find(([pattern]) => pattern.test(code))?.[1] ?? 'check the network between here and the node';
  const text = describeError(error);
  return `${advice} (${code === '' || text.includes(code) || code === REFUSED_ADDRESS ? text : `${code}: ${text}`})`;
}
