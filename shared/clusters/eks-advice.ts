import type { CloudAddress } from './cloud-address.ts';
import type { ClusterRefusal } from './connector.ts';

const GROUP = 'heapless-collectors';

/** `arn:aws:iam::1:role/R` of a caller `arn:aws:sts::1:assumed-role/R/session`; other callers are principals themselves. */
export function principalOf(caller: string): string {
  const parts = /^arn:([\w-]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(caller);
  return parts === null ? caller : `arn:${parts[1]}:iam::${parts[2]}:role/${parts[3]}`;
}

/** What a refusal of an EKS cluster means: 401 = no access entry, 403 = an entry, but no rights in the cluster. */
export function eksAdvice(
  { region, name }: Extract<CloudAddress, { cloud: 'eks' }>,
  known: { readonly principal: string | undefined; readonly mode: string | undefined },
  { status }: ClusterRefusal,
): string {
  const principal = known.principal ?? 'ARN-OF-THE-ROLE';
  const where = `--region ${region}`;
  if (status === 403) {
    return `the access entry is there, but its group has no rights: heapless rbac --route proxy --identity group:${GROUP} | kubectl apply -f -`;
  }
  if (known.mode === 'CONFIG_MAP') {
    return `AWS knows us, but the cluster has no entry for us in aws-auth: eksctl create iamidentitymapping --cluster ${name} ${where} --arn ${principal} --group ${GROUP} --username heapless`;
  }
  return `AWS knows us, but the cluster has no access entry for us: aws eks create-access-entry --cluster-name ${name} ${where} --principal-arn ${principal} --kubernetes-groups ${GROUP}`;
}
