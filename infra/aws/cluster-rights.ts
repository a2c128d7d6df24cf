import { parseCloudAddress } from '../../shared/clusters/cloud-address.ts';
import { foreignIdentity } from '../../shared/clusters/cloud-options.ts';
import { parseSourceOptions } from '../../shared/clusters/source-options.ts';
import type { ComponentUri } from '../../shared/config/config.ts';

const ROLES = ['TickRole', 'ScrapeRole'];

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: string;
  readonly Resource: string | { readonly 'Fn::Sub': string };
  readonly Condition?: object;
}

/**
 * The right to find the clusters that sources name by their cloud, for the functions that talk to clusters: to describe an
 * EKS cluster of this account, to assume the role that is given instead, or to be vouched for at Entra. Empty if no source
 * needs one.
 */
export function clusterRights(sources: readonly ComponentUri[]): Readonly<Record<string, object>> {
  const statements = sources.map(rightOf).filter((statement) => statement !== undefined);
  const different = new Map(statements.map((statement) => [JSON.stringify(statement), statement]));
  if (different.size === 0) return {};
  return {
    ClusterPolicy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'clusters',
        Roles: ROLES.map((Ref) => ({ Ref })),
        PolicyDocument: { Version: '2012-10-17', Statement: [...different.values()] },
      },
    },
  };
}

function rightOf(uri: ComponentUri): Statement | undefined {
  const address = parseCloudAddress(uri);
  if (address === undefined || 'problems' in address) return undefined;
  const options = parseSourceOptions(uri);
  const foreign = foreignIdentity(address.cloud, options);
  if (address.cloud === 'eks' && foreign === undefined) {
    if (options.role_arn !== undefined) {
      return { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: options.role_arn };
    }
    const cluster = `cluster/${address.name}`;
    const arn = `arn:\${AWS::Partition}:eks:${address.region}:\${AWS::AccountId}:${cluster}`;
    return { Effect: 'Allow', Action: 'eks:DescribeCluster', Resource: { 'Fn::Sub': arn } };
  }
  if (address.cloud === 'aks' && foreign === 'aws') {
    const audience = options.identity_audience ?? 'api://AzureADTokenExchange';
    const Condition = { 'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': [audience] } };
    return { Effect: 'Allow', Action: 'sts:GetWebIdentityToken', Resource: '*', Condition };
  }
  return undefined;
}
