import { describeError, HeaplessError } from '../core/errors.ts';
import { abortedError } from './throw-if-aborted.ts';

/** The HTTP status of an answer that the SDK threw; undefined if there was no answer. */
export function s3Status(error: unknown): number | undefined {
  const metadata = (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | null)?.$metadata;
  return metadata?.httpStatusCode;
}

/** The service's own name of the error, e.g. `NoSuchKey`. */
export function s3ErrorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** 412: the condition does not hold; 409: another conditional write to this key is under way. */
export function isConflict(error: unknown): boolean {
  const status = s3Status(error);
  return status === 412 || status === 409;
}

/** True if the object is absent (a missing bucket is not that). */
export function isAbsent(error: unknown): boolean {
  return s3Status(error) === 404 && s3ErrorName(error) !== 'NoSuchBucket';
}

const ADVICE: Readonly<Record<string, string>> = {
  NoSuchBucket: 'create the bucket or correct its name',
  AccessDenied:
    'the role needs s3:GetObject, s3:PutObject and s3:DeleteObject on the prefix, and s3:ListBucket on the bucket (without it an absent object looks forbidden)',
  PermanentRedirect: 'the bucket is in another region; add ?region=',
  AuthorizationHeaderMalformed: 'the bucket is in another region; add ?region=',
  CredentialsProviderError: 'give the process AWS credentials (a role, or a profile)',
  ExpiredToken: 'renew the AWS credentials',
  InvalidAccessKeyId: 'check the AWS credentials',
  SignatureDoesNotMatch: 'check the AWS credentials',
};

const NOT_RETRYABLE = new Set([...Object.keys(ADVICE), 'Region is missing']);

/** Anything that the SDK threw as a `HeaplessError`: `state_aborted`, `state_forbidden`, `state_unavailable`. */
export function toS3Error(error: unknown, shown: string, signal: AbortSignal): HeaplessError {
  if (error instanceof HeaplessError) return error;
  if (signal.aborted) return abortedError(signal, shown);
  const name = s3ErrorName(error);
  const said = describeError(error);
  const advice = said === 'Region is missing' ? 'set AWS_REGION or add ?region=' : ADVICE[name];
  const forbidden = s3Status(error) === 403 || s3Status(error) === 401 || name === 'CredentialsProviderError';
  const named = name === '' || name === 'Error' || name === said ? said : `${name}: ${said}`;
  return new HeaplessError(`state ${shown}: ${named}${advice === undefined ? '' : `; ${advice}`}`, {
    code: forbidden ? 'state_forbidden' : 'state_unavailable',
    retryable: !NOT_RETRYABLE.has(name) && !NOT_RETRYABLE.has(said),
    cause: error,
  });
}
