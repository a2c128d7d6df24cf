import { MINUTE } from '../core/units.ts';
import { createAssumedRole } from '../identity/assumed-role.ts';
import { describeCredentialSource } from '../identity/aws-credential-source.ts';
import type { AwsCredentials, AwsIdentity } from '../identity/aws-credentials.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import type { CloudAddress } from './cloud-address.ts';
import { cloudAuthority } from './cloud-authority.ts';
import type { CloudOptions } from './cloud-options.ts';
import { cloudProblem } from './cloud-problem.ts';
import type { ClusterDeps } from './cluster-deps.ts';
import type { ClusterConnection } from './connector.ts';
import { eksAdvice, principalOf } from './eks-advice.ts';
import { eksProblem } from './eks-problem.ts';
import { presignEksToken } from './eks-token.ts';
import { createLogin, type LoginHeaders } from './login.ts';

/** Below the 15 minutes for which EKS takes a token. */
const TOKEN_LIFE = 14 * MINUTE;
const REQUEST_HANDLER = { connectionTimeout: 3_000, requestTimeout: 5_000 };
const LONGEST = 15_000;

export interface EksDeps extends Pick<ClusterDeps, 'clock'> {
  readonly sdk: typeof import('./aws-sdk.ts');
  /** Another cloud's identity that `role_arn` trusts. */
  readonly token: IdentityToken | undefined;
}

/**
 * Connects to an EKS cluster: DescribeCluster tells where it is, a presigned GetCallerIdentity who we are. Rejects with
 * `HeaplessError` (codes `cluster_credentials`, `cluster_unknown`, `cluster_cloud`).
 */
export async function connectEks(
  address: Extract<CloudAddress, { cloud: 'eks' }>,
  options: CloudOptions,
  { sdk, token, clock }: EksDeps,
): Promise<ClusterConnection> {
  const { region, name } = address;
  const roleArn = options.role_arn;
  const own: AwsCredentials = sdk.defaultProvider({ clientConfig: { region } });
  const credentials =
    roleArn === undefined
      ? own
      : createAssumedRole(
          { roleArn, externalId: options.external_id, sessionName: `heapless-${name}`.slice(0, 64), region, token },
          { sdk, credentials: own, clock },
        );
  let source = roleArn ?? 'the default AWS credential chain';
  const identityOf = async (renew: boolean): Promise<AwsIdentity> => {
    try {
      const identity = await credentials(renew ? { forceRefresh: true } : {});
      const marks = (identity as { readonly $source?: Readonly<Record<string, unknown>> }).$source;
      if (roleArn === undefined) source = describeCredentialSource(marks);
      return identity;
    } catch (error) {
      throw eksProblem(error, address, { source, roleArn, step: 'role' });
    }
  };
  const settings = { region, credentials: () => identityOf(false), maxAttempts: 3, requestHandler: REQUEST_HANDLER };
  const endpoint = options.cloud_endpoint;
  const eks = new sdk.EKSClient({ ...settings, ...(endpoint === undefined ? {} : { endpoint }) });
  const described = await eks
    .send(new sdk.DescribeClusterCommand({ name }), { abortSignal: AbortSignal.timeout(LONGEST) })
    .catch((error: unknown) => {
      throw eksProblem(error, address, { source, roleArn, step: 'describe' });
    })
    .finally(() => eks.destroy());
  const { endpoint: server, certificateAuthority, status, accessConfig } = described.cluster ?? {};
  if (server === undefined || certificateAuthority?.data === undefined) {
    throw cloudProblem(address, 'unknown', `the cluster is ${status ?? 'not there'} and has no address yet`);
  }

  let principal = roleArn;
  /** After a 401: AWS tells whether our keys are good, and who we are. */
  const whoAmI = async (): Promise<void> => {
    const sts = new sdk.STSClient(settings);
    try {
      const sent = sts.send(new sdk.GetCallerIdentityCommand({}), { abortSignal: AbortSignal.timeout(LONGEST) });
      principal = principalOf((await sent).Arn ?? '') || principal;
    } catch (error) {
      throw eksProblem(error, address, { source, roleArn, step: 'caller' });
    } finally {
      sts.destroy();
    }
  };
  const load = async ({ renew }: { readonly renew: boolean }): Promise<LoginHeaders> => {
    const identity = await identityOf(renew);
    if (renew && roleArn === undefined) await whoAmI();
    const now = clock.now();
    const bearer = await presignEksToken({ region, cluster: name, identity, now, SignatureV4: sdk.SignatureV4 });
    const end = identity.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
    return { headers: { authorization: `Bearer ${bearer}` }, until: Math.min(now + TOKEN_LIFE, end - MINUTE) };
  };
  return {
    ...cloudAuthority(address, { server, data: certificateAuthority.data }, clock.now()),
    serverName: undefined,
    insecure: false,
    clientCertificate: undefined,
    authenticate: createLogin({ load, first: undefined, clock }),
    advise: (refusal) => eksAdvice(address, { principal, mode: accessConfig?.authenticationMode }, refusal),
  };
}
