import type { SignatureV4 } from '@smithy/signature-v4';
import { toQueryString } from '../core/query-string.ts';
import type { UnixMillis } from '../core/units.ts';
import type { AwsIdentity } from '../identity/aws-credentials.ts';
import { NodeSha256 } from '../identity/node-sha256.ts';

/** Seconds in the signature; the authenticator of EKS takes the token for 15 minutes whatever it says. */
const EXPIRES = 60;
const CLUSTER_HEADER = 'x-k8s-aws-id';

/** The token of EKS: a presigned GetCallerIdentity, which the cluster itself sends to STS to learn who asks. */
export async function presignEksToken(options: {
  readonly region: string;
  readonly cluster: string;
  readonly identity: AwsIdentity;
  readonly now: UnixMillis;
  readonly SignatureV4: typeof SignatureV4;
}): Promise<string> {
  const { region, cluster, identity } = options;
  const hostname = `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const signer = new options.SignatureV4({ region, service: 'sts', credentials: identity, sha256: NodeSha256 });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, [CLUSTER_HEADER]: cluster },
    },
    { expiresIn: EXPIRES, signingDate: new Date(options.now), unhoistableHeaders: new Set([CLUSTER_HEADER]) },
  );
  return `k8s-aws-v1.${Buffer.from(`https://${hostname}/?${toQueryString(query)}`).toString('base64url')}`;
}
