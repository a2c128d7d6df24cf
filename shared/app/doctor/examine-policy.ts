import type { Deadline } from '../../core/deadline.ts';
import type { Prober } from '../../kube/create-prober.ts';
import { note, ok, problem, type StepFinding, skipped } from './finding.ts';
import { type KnownIdentity, rightsCommand } from './rights-advice.ts';

const STEP = 'policy';
/** The first release with ValidatingAdmissionPolicy. */
const FIRST_MINOR = 30;
const DENIED = /ValidatingAdmissionPolicy '([^']+)'/;

/** Read-only and harmless: a kubelet's health page, by its path and by dots behind the summary, and the summary by port. */
const MUST_BE_REFUSED = (node: string) => [
  { what: '/healthz', path: `/api/v1/nodes/${node}/proxy/healthz` },
  { what: '/stats/summary/../../healthz', path: `/api/v1/nodes/${node}/proxy/stats/summary/../../healthz` },
  { what: 'a port in the name of the node', path: `/api/v1/nodes/${node}:10250/proxy/stats/summary` },
];

/**
 * Whether a policy bounds our way through the node proxy: by its effect, as reading policies would be one more right.
 * What must be refused is asked for; refused by an admission policy is well, anything that reached the kubelet is not.
 */
export async function examinePolicy(
  prober: Prober,
  scene: {
    readonly node: string | undefined;
    readonly minor: number | undefined;
    readonly identity: KnownIdentity | undefined;
    readonly deadline: Deadline;
  },
): Promise<StepFinding> {
  const { node, minor, identity, deadline } = scene;
  if (node === undefined) return skipped(STEP, 'there is no node to ask for');
  const open: string[] = [];
  let policy: string | undefined;
  for (const { what, path } of MUST_BE_REFUSED(encodeURIComponent(node))) {
    const answer = await prober.ask({ method: 'GET', path, deadline });
    if (answer.kind === 'none') return note(STEP, `whether ${what} is refused could not be seen: ${answer.message}`);
    const denial = answer.status === 403 || answer.status === 422 ? DENIED.exec(answer.message) : null;
    if (denial !== null) policy = denial[1];
    else if (answer.status === 403)
      return skipped(STEP, `without the right there is nothing to bound (${answer.message})`);
    else open.push(what);
  }
  if (open.length === 0) return ok(STEP, `${policy} refuses every way through the node proxy that was tried`);
  const reach = 'with exec among what a kubelet offers, the credential is a shell in every pod';
  if (minor !== undefined && minor < FIRST_MINOR) {
    const mend = 'update the cluster to 1.30, or use route=direct or route=metrics-api';
    return problem(
      STEP,
      `${open.join(' and ')} passed, and Kubernetes 1.${minor} has no admission policies: ${reach}`,
      mend,
    );
  }
  const which = policy === undefined ? 'no policy bounds the node proxy' : `${policy} is too wide`;
  const mend = rightsCommand('proxy', identity ?? { username: 'NAME', groups: [] });
  return problem(STEP, `${which}: ${open.join(' and ')} passed; ${reach}`, mend);
}
