import type { Clock } from '../core/clock.ts';
import { MINUTE } from '../core/units.ts';
import type { AwsCredentials, AwsIdentity } from './aws-credentials.ts';
import type { IdentityToken } from './identity-token.ts';

/** What is used of AWS STS to take a role. */
export type StsRoles = Pick<
  typeof import('@aws-sdk/client-sts'),
  'STSClient' | 'AssumeRoleCommand' | 'AssumeRoleWithWebIdentityCommand'
>;

export interface AssumedRole {
  readonly roleArn: string;
  readonly externalId: string | undefined;
  readonly sessionName: string;
  readonly region: string;
  /** Token of another cloud that the role trusts; undefined = our own AWS credentials assume it. */
  readonly token: IdentityToken | undefined;
}

/** Keys of a role are given up this long before their end. */
const MARGIN = 5 * MINUTE;
const LONGEST = 10_000;

/** Keys of a role, taken again when they end. Rejects with the SDK's error, or the token's. */
export function createAssumedRole(
  role: AssumedRole,
  deps: { readonly sdk: StsRoles; readonly credentials: AwsCredentials; readonly clock: Clock },
): AwsCredentials {
  const { sdk, clock } = deps;
  const client = new sdk.STSClient({
    region: role.region,
    maxAttempts: 2,
    ...(role.token === undefined ? { credentials: () => deps.credentials() } : {}),
  });
  const common = { RoleArn: role.roleArn, RoleSessionName: role.sessionName };
  const assume = async (signal: AbortSignal) => {
    if (role.token !== undefined) {
      const command = new sdk.AssumeRoleWithWebIdentityCommand({
        ...common,
        WebIdentityToken: await role.token(signal),
      });
      return (await client.send(command, { abortSignal: signal })).Credentials;
    }
    const external = role.externalId === undefined ? {} : { ExternalId: role.externalId };
    const command = new sdk.AssumeRoleCommand({ ...common, ...external });
    return (await client.send(command, { abortSignal: signal })).Credentials;
  };
  let known: AwsIdentity | undefined;
  return async ({ forceRefresh = false } = {}) => {
    const end = known?.expiration?.getTime() ?? 0;
    if (known !== undefined && !forceRefresh && clock.now() < end - MARGIN) return known;
    const keys = await assume(AbortSignal.timeout(LONGEST));
    if (keys?.AccessKeyId === undefined || keys.SecretAccessKey === undefined) throw new Error('AWS STS gave no keys');
    known = {
      accessKeyId: keys.AccessKeyId,
      secretAccessKey: keys.SecretAccessKey,
      ...(keys.SessionToken === undefined ? {} : { sessionToken: keys.SessionToken }),
      ...(keys.Expiration === undefined ? {} : { expiration: keys.Expiration }),
    };
    return known;
  };
}
