import { describeError, HeaplessError } from '../core/errors.ts';
import type { CloudAddress } from './cloud-address.ts';
import { type CloudProblem, cloudProblem, noCredentials, unreached } from './cloud-problem.ts';

const ENDED = /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/;
const UNKNOWN_KEYS =
  /^(UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch|IncompleteSignature|InvalidIdentityToken|IDPRejectedClaim)/;
const DENIED = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/;

interface AwsError {
  readonly name?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** What an error of AWS means while a cluster is looked for, and the command that mends it. */
export function eksProblem(
  error: unknown,
  address: Extract<CloudAddress, { cloud: 'eks' }>,
  context: {
    readonly source: string;
    readonly roleArn: string | undefined;
    readonly step: 'role' | 'describe' | 'caller';
  },
): HeaplessError {
  if (error instanceof HeaplessError) return error;
  const { region, name } = address;
  const { name: kind, $metadata: metadata } = (error ?? {}) as AwsError;
  const code = String(kind);
  const said = describeError(error);
  const problem = (type: CloudProblem, text: string, retryable = false) =>
    cloudProblem(address, type, text, { cause: error, retryable });
  if (ENDED.test(code))
    return problem(
      'credentials',
      `the credentials from ${context.source} have ended (${code}); sign in again, or let the function's role give new ones`,
    );
  if (UNKNOWN_KEYS.test(code))
    return problem('credentials', `AWS does not accept the credentials from ${context.source} (${code}: ${said})`);
  if (DENIED.test(code)) {
    if (context.step === 'role') {
      return problem(
        'credentials',
        `may not assume ${context.roleArn}: allow sts:AssumeRole on it to this function's role, and let its trust policy name that role (${said})`,
      );
    }
    return problem(
      'cloud',
      `may not describe the cluster: allow eks:DescribeCluster on it; deploying again grants it (${said})`,
    );
  }
  if (code === 'ResourceNotFoundException') {
    return problem(
      'unknown',
      `AWS knows no cluster ${JSON.stringify(name)} in ${region} for this account: aws eks list-clusters --region ${region}`,
    );
  }
  const lost = unreached(error);
  if (lost === 'ENOTFOUND')
    return problem('cloud', `AWS has no address for region ${region} (${said}): check the region, and DNS`, true);
  if (lost !== undefined)
    return problem(
      'cloud',
      `AWS cannot be reached in ${region} (${lost}): check network, NAT and endpoints of the VPC`,
      true,
    );
  if (metadata === undefined) return noCredentials(address, context.source, error);
  const status = metadata.httpStatusCode ?? 0;
  return problem('cloud', `AWS answered ${status} ${code}: ${said}`, status === 429 || status >= 500);
}
