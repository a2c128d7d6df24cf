import { SinkError } from '../../core/errors.ts';
import { type Millis, SECOND } from '../../core/units.ts';
import type { SendOutcome } from '../sink.ts';

/** What the SDK's errors say, all of it optional. */
interface SdkError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
  readonly $response?: { readonly statusCode?: unknown; readonly headers?: Readonly<Record<string, unknown>> };
}

/*
 * Names come with HTTP 400 also for throttling, and answers that are not JSON (a proxy's page) as a SyntaxError that has
 * the true status in `$metadata`: so the name decides first, then the status, then the socket's code.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html (read 2026-11-23)
 */
const THROTTLED =
  /^(Throttl|RequestLimitExceeded|RequestThrottled|TooManyRequests|LimitExceeded|BandwidthLimit|SlowDown)/;
const SKEWED = /^(RequestExpired|RequestTimeTooSkewed|RequestInTheFuture)/;
const FORBIDDEN =
  /^(AccessDenied|Unauthorized|NotAuthorized|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKey|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|ExpiredToken|InvalidToken|MissingAuthenticationToken|OptInRequired|CredentialsProviderError|TokenProviderError)/;
const SERVER_FAULT = /^(InternalService|InternalFailure|InternalServerError|ServiceUnavailable)/;
const BAD_DATUM =
  /^(InvalidParameter|MissingRequiredParameter|MissingParameter|InvalidFormat|ValidationError|ValidationException|MalformedQueryString|SerializationException)/;

/** The connection was never made, so that nothing was sent. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);
const NOT_CONNECTED = /did not establish a connection/;
/** The request may be with the service. */
const AMBIGUOUS: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNABORTED',
  'ERR_STREAM_PREMATURE_CLOSE',
]);
const TLS_REFUSED = /^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS|HOSTNAME_MISMATCH|EPROTO)/;

/** What a failed PutMetricData means. Pure. `credentials` says where they come from, for the sentence of a refusal. */
export function classifyError(error: unknown, credentials: string): SendOutcome {
  const { name, code, message, status, headers } = facts(error);
  const cause = (what: string): SinkError =>
    new SinkError(`CloudWatch ${what}${sentenceOf(name, status, message)}`, { code: 'sink_refused', cause: error });
  const retryAfter = retryAfterOf(headers);
  const retryable = (what: string, ambiguous: boolean): SendOutcome => ({
    status: 'retryable',
    cause: cause(what),
    ambiguous,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });

  if (THROTTLED.test(name) || status === 429) return retryable('throttles', false);
  if (SKEWED.test(name)) return retryable("does not accept this machine's time", false);
  if (FORBIDDEN.test(name) || status === 401 || status === 403) {
    const advice = `allow cloudwatch:PutMetricData to the identity of ${credentials}`;
    return { status: 'rejected', cause: cause(`refuses the credentials or their rights (${advice})`) };
  }
  if (status === 413) return { status: 'split', cause: cause('finds the request too large') };
  if (SERVER_FAULT.test(name) || (status !== undefined && status >= 500)) return retryable('fails', true);
  if (BAD_DATUM.test(name) || status === 400) {
    const invalid = cause('refuses the values');
    return /namespace/i.test(message) ? { status: 'rejected', cause: invalid } : { status: 'split', cause: invalid };
  }
  if (status !== undefined)
    return { status: 'rejected', cause: cause('refuses the request; check region and endpoint') };
  if (NOT_SENT.has(code) || NOT_CONNECTED.test(message)) return retryable('cannot be reached', false);
  if (TLS_REFUSED.test(code)) return { status: 'rejected', cause: cause('has no certificate to trust') };
  if (AMBIGUOUS.has(code) || name === 'TimeoutError' || name === 'AbortError') return retryable('did not answer', true);
  return { status: 'rejected', cause: cause('cannot be called') };
}

function facts(error: unknown): {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
} {
  if (typeof error !== 'object' || error === null) {
    return { name: '', code: '', message: String(error), status: undefined, headers: {} };
  }
  const sdk = error as SdkError;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const status = sdk.$metadata?.httpStatusCode ?? sdk.$response?.statusCode;
  return {
    name: text(sdk.name),
    // Some connection faults are aggregates whose code lies in the first error.
    code: text(sdk.code) || text((error as { errors?: readonly SdkError[] }).errors?.[0]?.code),
    message: text(sdk.message),
    status: typeof status === 'number' ? status : undefined,
    headers: sdk.$response?.headers ?? {},
  };
}

/** `Retry-After` in seconds; a date needs a clock and is not read. */
function retryAfterOf(headers: Readonly<Record<string, unknown>>): Millis | undefined {
  const text = headers['retry-after'];
  return typeof text === 'string' && /^\d{1,6}$/.test(text.trim()) ? Number(text) * SECOND : undefined;
}

/** `: HTTP 400 InvalidParameterValue: The value …`. An answer that could not be parsed is told by its status alone. */
function sentenceOf(name: string, status: number | undefined, message: string): string {
  const unparsed = name === 'SyntaxError' && status !== undefined;
  const parts = [status === undefined ? '' : `HTTP ${status}`, unparsed ? '' : name].filter((part) => part !== '');
  const said = unparsed || message === '' ? '' : `: ${message.split('\n')[0]}`;
  return parts.length === 0 ? said : `: ${parts.join(' ')}${said}`;
}
