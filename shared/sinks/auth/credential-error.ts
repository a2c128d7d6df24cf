import { describeError, SinkError } from '../../core/errors.ts';
import { connectionFault } from '../http/connection-fault.ts';

interface LibraryError {
  readonly name?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly response?: { readonly status?: unknown };
  readonly errors?: readonly unknown[];
}

/**
 * The error of a credential that is not to be had; worth another try if the service that gives it is out of reach or
 * overloaded. What a broken credentials file holds is not repeated.
 */
export function credentialError(source: string, cause: unknown): SinkError {
  const broken = cause instanceof SyntaxError;
  const said = broken ? 'the file of credentials is no JSON' : sentenceOf(cause);
  return new SinkError(`no credentials from ${source}: ${said}`, {
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

/** One line; of several errors (a chain of credentials) the beginning of each. */
function sentenceOf(cause: unknown): string {
  const { errors = [] } = (cause ?? {}) as LibraryError;
  const texts = errors.length === 0 ? [describeError(cause)] : errors.map((each) => describeError(each).split('. ')[0]);
  return describeError(texts.join('; ').replaceAll(/\s+/g, ' '));
}
