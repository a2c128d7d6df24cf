import { parseCloudAddress } from '../../shared/clusters/cloud-address.ts';
import { foreignIdentity } from '../../shared/clusters/cloud-options.ts';
import { parseSourceOptions } from '../../shared/clusters/source-options.ts';
import type { ComponentUri } from '../../shared/config/config.ts';
import { ConfigError, type ConfigProblem } from '../../shared/core/errors.ts';

/** The group that `infra/rbac` gives the rights to. */
const GROUP = 'heapless-collectors';
/** The roles of the functions that talk to clusters. */
const ROLES = ['TickRole', 'ScrapeRole'] as const;

/**
 * Access entries of EKS (parameter `accessEntries=true`): the roles of `tick` and `scrape` enter each cluster that a source names by
 * `eks://` in the group `heapless-collectors`. The rights of that group are the cluster's to give: `infra/rbac`.
 * Throws `ConfigError` for a cluster whose entry this stack cannot make.
 */
export function accessEntries(sources: readonly ComponentUri[], region: string): Readonly<Record<string, object>> {
  const problems: ConfigProblem[] = [];
  const entries = new Map<string, object>();
  const clusters = new Set<string>();
  for (const uri of sources) {
    const address = parseCloudAddress(uri);
    if (address === undefined || 'problems' in address || address.cloud !== 'eks') continue;
    const options = parseSourceOptions(uri);
    // Who enters by another role is not one of the functions' roles.
    if (options.role_arn !== undefined || foreignIdentity('eks', options) !== undefined) continue;
    if (address.region !== region) {
      const problem = `${address.name} is in ${address.region} and the stack in ${region}; make its entry there: aws eks create-access-entry --region ${address.region} --cluster-name ${address.name} --principal-arn ARN-OF-THE-ROLE --kubernetes-groups ${GROUP}`;
      problems.push({ where: 'param accessEntries', problem });
      continue;
    }
    clusters.add(address.name);
  }
  if (problems.length === 0 && clusters.size === 0) {
    const problem = 'no source names an EKS cluster by eks://REGION/NAME; leave it out';
    problems.push({ where: 'param accessEntries', problem });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  for (const [at, ClusterName] of [...clusters].entries()) {
    for (const role of ROLES) {
      entries.set(`${role.replace(/Role$/, '')}AccessEntry${at + 1}`, {
        Type: 'AWS::EKS::AccessEntry',
        Properties: {
          ClusterName,
          PrincipalArn: { 'Fn::GetAtt': [role, 'Arn'] },
          KubernetesGroups: [GROUP],
          Type: 'STANDARD',
        },
      });
    }
  }
  return Object.fromEntries(entries);
}
