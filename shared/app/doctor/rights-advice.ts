import type { RightsRoute } from '../../kube/route-rights.ts';

/** Who the API server takes us for. */
export interface KnownIdentity {
  readonly username: string;
  readonly groups: readonly string[];
}

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const COLLECTORS = 'heapless-collectors';

/** The identity as `heapless rbac` takes it: a group made for the purpose, the service account, else the user. */
export function identityArgument({ username, groups }: KnownIdentity): string {
  if (groups.includes(COLLECTORS)) return `group:${COLLECTORS}`;
  const account = ACCOUNT.exec(username);
  if (account !== null) return `serviceaccount:${account[1]}/${account[2]}`;
  const argument = `user:${username}`;
  return /^[\w:@./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", '')}'`;
}

/** The command that gives an identity the rights of a route, and the policy with them. */
export function rightsCommand(route: RightsRoute, identity: KnownIdentity): string {
  return `heapless rbac --route ${route} --identity ${identityArgument(identity)} | kubectl apply -f -`;
}
