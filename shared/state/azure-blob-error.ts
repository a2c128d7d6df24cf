import { describeError, HeaplessError } from '../core/errors.ts';
import { abortedError } from './throw-if-aborted.ts';

interface AzureError {
  readonly statusCode?: number;
  readonly code?: string;
}

/** The HTTP status of an answer that the SDK threw; undefined if there was no answer. */
export function azureStatus(error: unknown): number | undefined {
  return (error as AzureError | null)?.statusCode;
}

/** The service's own name of the error, e.g. `BlobNotFound`. */
export function azureErrorCode(error: unknown): string {
  const code = (error as AzureError | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** 412: the condition does not hold; 409 `BlobAlreadyExists`: the object is there. */
export function isAzureConflict(error: unknown): boolean {
  return azureStatus(error) === 412 || azureErrorCode(error) === 'BlobAlreadyExists';
}

/** True if the blob is absent (a missing container is not that). */
export function isAzureAbsent(error: unknown): boolean {
  return azureStatus(error) === 404 && azureErrorCode(error) !== 'ContainerNotFound';
}

const RIGHTS = 'the identity needs the role Storage Blob Data Contributor on the container';
const ADVICE: Readonly<Record<string, string>> = {
  ContainerNotFound: 'create the container or correct its name',
  AuthorizationPermissionMismatch: RIGHTS,
  AuthorizationFailure: `check the account key; ${RIGHTS}, and the account's firewall must let the function in`,
  AuthenticationFailed: 'check the account key, the clock and the identity',
  InvalidAuthenticationInfo: 'check the account key and the identity',
  PublicAccessNotPermitted: RIGHTS,
  ENOTFOUND: 'check the name of the storage account',
};

/** Anything that the SDK threw as a `HeaplessError`: `state_aborted`, `state_forbidden`, `state_unavailable`. */
export function toAzureError(error: unknown, shown: string, signal: AbortSignal): HeaplessError {
  if (error instanceof HeaplessError) return error;
  if (signal.aborted) return abortedError(signal, shown);
  const status = azureStatus(error);
  const code = azureErrorCode(error);
  const identity =
    error instanceof Error && /^(CredentialUnavailable|Authentication|AggregateAuthentication)/.test(error.name);
  const forbidden = status === 401 || status === 403 || identity;
  const advice = identity ? 'give the function a managed identity, or set account_key' : ADVICE[code];
  const said = describeError(error).split('\n')[0] ?? '';
  const named = code === '' || said.startsWith(code) ? said : `${code}: ${said}`;
  return new HeaplessError(`state ${shown}: ${named}${advice === undefined ? '' : `; ${advice}`}`, {
    code: forbidden ? 'state_forbidden' : 'state_unavailable',
    retryable: !forbidden && (advice === undefined || code === 'ENOTFOUND'),
    cause: error,
  });
}
