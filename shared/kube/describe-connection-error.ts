import { describeError } from '../core/errors.ts';

const ADVICE: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/^ENOTFOUND$|^EAI_/, 'the name of the API server does not resolve: check the server URL and DNS'],
  [/^ECONNREFUSED$/, 'nothing listens there: check host and port of the server URL'],
  [
    /^EHOSTUNREACH$|^ENETUNREACH$|^ETIMEDOUT$/,
    'no route to the API server: check network, firewall and private endpoint',
  ],
  [/^CERT_HAS_EXPIRED$|^CERT_NOT_YET_VALID$/, "the server's certificate is not valid now: check it, and this clock"],
  [/ALTNAME_INVALID$/, "the server's certificate is for another name: check the server URL or set the TLS server name"],
  [
    /SELF_SIGNED|ISSUER_CERT|VERIFY_LEAF|^CERT_|^UNABLE_TO_/,
    "the server's certificate is not trusted: check the certificate authority (CA) given for the cluster",
  ],
  [/ALERT|^ERR_SSL_/, 'TLS failed: check that the port speaks TLS, and the client certificate if one is used'],
  [/^EPROTO$/, 'TLS failed: check that the port speaks TLS'],
  [/^HPE_/, 'the answer is not HTTP/1.1: check the server URL and proxies on the way'],
  [/^ECONNRESET$|^EPIPE$/, 'the connection was closed by the other side: check proxies and load balancers on the way'],
];

/** What went wrong with a connection and what to look at: `nothing listens there: check … (connect ECONNREFUSED …)`. */
export function describeConnectionError(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const advice =
    ADVICE.find(([pattern]) => pattern.test(code))?.[1] ?? 'check the network between here and the API server';
  const text = describeError(error);
  return `${advice} (${code === '' || text.includes(code) ? text : `${code}: ${text}`})`;
}
