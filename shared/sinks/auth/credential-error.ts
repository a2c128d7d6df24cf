import { SinkError } from '../../core/errors.ts';
import { describeCredentialFailure } from '../../identity/describe-credential-failure.ts';
import { connectionFault } from '../http/connection-fault.ts';

interface LibraryError {
  readonly name?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly response?: { readonly status?: unknown };
}

/**
 * The error of a credential that is not to be had; worth another try if the service that gives it is out of reach or
 * overloaded. What a broken credentials file holds is not repeated.
 */
export function credentialError(source: string, cause: unknown): SinkError {
  const broken = cause instanceof SyntaxError;
  return new SinkError(`no credentials from ${source}: ${describeCredentialFailure(cause)}`, {
    code: 'sink_credentials',
    retryable: isPassing(cause),
    ...(broken ? {} : { cause }),
  });
}

function isPassing(error: unknown): boolean {
  const fault = connectionFault(error);
  if (fault === 'not-sent' || fault === 'ambiguous') return true;
  const { status, statusCode, response } = (error ?? {}) as LibraryError;
  const code = Number(status ?? statusCode ?? response?.status);
  return code === 429 || code >= 500;
}
