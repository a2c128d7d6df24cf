import { HeaplessError } from '../core/errors.ts';
import { describeCredentialFailure } from '../identity/describe-credential-failure.ts';
import { type CloudAddress, showCloudAddress } from './cloud-address.ts';

const UNREACHED =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR_\w+)$/;
const OUT_OF_TIME = /^(TimeoutError|AbortError)$/;

const KINDS = {
  cloud: { code: 'cluster_cloud' },
  credentials: { code: 'cluster_credentials' },
  unknown: { code: 'cluster_unknown' },
} as const;
export type CloudProblem = keyof typeof KINDS;

/** An error about a cluster of a cloud; the message begins with its address. */
export function cloudProblem(
  address: CloudAddress,
  kind: CloudProblem,
  problem: string,
  options: { readonly cause?: unknown; readonly retryable?: boolean } = {},
): HeaplessError {
  return new HeaplessError(`${showCloudAddress(address)}: ${problem}`, { ...KINDS[kind], ...options });
}

/** No credentials: where they were looked for and what the library says. */
export function noCredentials(address: CloudAddress, source: string, cause: unknown): HeaplessError {
  if (cause instanceof HeaplessError) return cause;
  const problem = `no credentials from ${source}: ${describeCredentialFailure(cause)}`;
  const options = cause instanceof SyntaxError ? {} : { cause };
  return cloudProblem(address, 'credentials', problem, {
    ...options,
    retryable: unreached(cause) !== undefined,
  });
}

/** Why an exchange gave no answer at all (`ENOTFOUND`, `TimeoutError`); undefined if there was one. */
export function unreached(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at !== undefined && at !== null && depth < 4; depth++) {
    const { code, name, errors, cause } = at as {
      readonly code?: unknown;
      readonly name?: unknown;
      readonly errors?: readonly unknown[];
      readonly cause?: unknown;
    };
    if (typeof code === 'string' && UNREACHED.test(code)) return code;
    if (typeof name === 'string' && OUT_OF_TIME.test(name)) return name;
    at = cause ?? errors?.[0];
  }
  return undefined;
}
