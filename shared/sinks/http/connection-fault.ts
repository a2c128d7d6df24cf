/** What a broken exchange says: was anything sent, may it be stored, is there no trust. */
export type ConnectionFault = 'not-sent' | 'ambiguous' | 'untrusted' | 'other';

/** The connection was never made, so that nothing was sent. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);
/** The request may be with the service. */
const AMBIGUOUS: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNABORTED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'WEB_PAGE',
]);
/** Node's parser: what came is not HTTP, or is cut short. */
const GARBLED = /^HPE_/;
const TLS_REFUSED = /^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS|HOSTNAME_MISMATCH|EPROTO)/;

interface Faulty {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly errors?: readonly Faulty[];
}

/** Sorts the error of a request by what it leaves open. Some connection faults are aggregates with the code inside. */
export function connectionFault(error: unknown): ConnectionFault {
  if (typeof error !== 'object' || error === null) return 'other';
  const { name, code, errors } = error as Faulty;
  const text = typeof code === 'string' && code !== '' ? code : String(errors?.[0]?.code ?? '');
  if (NOT_SENT.has(text)) return 'not-sent';
  if (TLS_REFUSED.test(text)) return 'untrusted';
  if (AMBIGUOUS.has(text) || GARBLED.test(text) || name === 'TimeoutError' || name === 'AbortError') return 'ambiguous';
  return 'other';
}
