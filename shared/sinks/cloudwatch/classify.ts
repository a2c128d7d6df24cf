import { SinkError } from '../../core/errors.ts';
import type { UnixMillis } from '../../core/units.ts';
import { connectionFault } from '../http/connection-fault.ts';
import { readRetryAfter } from '../retry-after.ts';
import type { SendOutcome } from '../sink.ts';

/** What the SDK's errors say, all of it optional. */
interface SdkError {
  readonly name?: unknown;
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

/** The SDK's own connection timeout has no code. */
const NOT_CONNECTED = /did not establish a connection/;

/** What a failed PutMetricData means. Pure. `credentials` says where they come from, for the sentence of a refusal. */
export function classifyError(error: unknown, credentials: string, now: UnixMillis): SendOutcome {
  const { name, message, status, retryAfterHeader } = facts(error);
  const cause = (what: string): SinkError =>
    new SinkError(`CloudWatch ${what}${sentenceOf(name, status, message)}`, { code: 'sink_refused', cause: error });
  const retryAfter = readRetryAfter(retryAfterHeader, now);
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
  if (status !== undefined && status >= 200 && status < 300)
    return retryable('did not answer: a proxy or a sign-in page answers for it', true);
  if (status !== undefined)
    return { status: 'rejected', cause: cause('refuses the request; check region and endpoint') };
  if (NOT_CONNECTED.test(message)) return retryable('cannot be reached', false);
  switch (connectionFault(error)) {
    case 'not-sent':
      return retryable('cannot be reached', false);
    case 'ambiguous':
      return retryable('did not answer', true);
    case 'untrusted':
      return { status: 'rejected', cause: cause('has no certificate to trust') };
    case 'other':
      return { status: 'rejected', cause: cause('cannot be called') };
  }
}

function facts(error: unknown): {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly retryAfterHeader: string;
} {
  if (typeof error !== 'object' || error === null) {
    return { name: '', message: String(error), status: undefined, retryAfterHeader: '' };
  }
  const sdk = error as SdkError;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const status = sdk.$metadata?.httpStatusCode ?? sdk.$response?.statusCode;
  return {
    name: text(sdk.name),
    message: text(sdk.message),
    status: typeof status === 'number' ? status : undefined,
    retryAfterHeader: text(sdk.$response?.headers?.['retry-after']),
  };
}

/** `: HTTP 400 InvalidParameterValue: The value …`. An answer that could not be parsed is told by its status alone. */
function sentenceOf(name: string, status: number | undefined, message: string): string {
  const unparsed = name === 'SyntaxError' && status !== undefined;
  const parts = [status === undefined ? '' : `HTTP ${status}`, unparsed ? '' : name].filter((part) => part !== '');
  const said = unparsed || message === '' ? '' : `: ${message.split('\n')[0]}`;
  return parts.length === 0 ? said : `: ${parts.join(' ')}${said}`;
}
