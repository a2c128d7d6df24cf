import { describeError, HeaplessError } from '../core/errors.ts';
import { abortedError } from './throw-if-aborted.ts';

interface GaxiosFault {
  readonly response?: { readonly status?: number; readonly data?: unknown };
}

/** The HTTP status of the service's answer that the client threw; undefined if there was none, or no token to ask with. */
export function gcsStatus(error: unknown): number | undefined {
  // The metadata server says 404 for a function without a service account: that is no absent object.
  if (error instanceof Error && /retrieve an access token/.test(error.message)) return undefined;
  return (error as GaxiosFault | null)?.response?.status;
}

/** What the service said: the text of `{ error: { message } }`, also where the body came as bytes. */
function gcsMessage(error: unknown): string {
  const text = bodyText((error as GaxiosFault | null)?.response?.data);
  try {
    const parsed = JSON.parse(text) as { readonly error?: { readonly message?: unknown } } | null;
    return typeof parsed?.error?.message === 'string' ? parsed.error.message : text;
  } catch {
    return text;
  }
}

function bodyText(data: unknown): string {
  if (typeof data === 'string') return data;
  if (data instanceof ArrayBuffer) return Buffer.from(data).toString('utf8');
  return data === undefined ? '' : (JSON.stringify(data) ?? '');
}

/** True if it is the bucket that is absent, not the object. */
export function isBucketAbsent(error: unknown): boolean {
  return gcsStatus(error) === 404 && /bucket does not exist/i.test(gcsMessage(error));
}

/** Anything that the client threw as a `HeaplessError`: `state_aborted`, `state_forbidden`, `state_unavailable`. */
export function toGcsError(error: unknown, shown: string, signal: AbortSignal): HeaplessError {
  if (error instanceof HeaplessError) return error;
  if (signal.aborted) return abortedError(signal, shown);
  const status = gcsStatus(error);
  const message = status === undefined ? describeError(error) : `HTTP ${status} ${gcsMessage(error)}`.slice(0, 256);
  const credentials = status === undefined && /default credentials|metadata|invalid_grant|token/i.test(message);
  const forbidden = status === 401 || status === 403 || credentials;
  const advice = adviceOf(error, status, credentials);
  return new HeaplessError(`state ${shown}: ${message}${advice === undefined ? '' : `; ${advice}`}`, {
    code: forbidden ? 'state_forbidden' : 'state_unavailable',
    retryable: !forbidden && (status === undefined || status === 429 || status >= 500),
    cause: error,
  });
}

function adviceOf(error: unknown, status: number | undefined, credentials: boolean): string | undefined {
  if (credentials) return 'give the function a service account, or set GOOGLE_APPLICATION_CREDENTIALS';
  if (isBucketAbsent(error)) return 'create the bucket or correct its name';
  if (status === 401 || status === 403) return 'the identity needs the role roles/storage.objectUser on the bucket';
  return undefined;
}
