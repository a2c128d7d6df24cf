import type { ClusterConnection } from '../../clusters/connector.ts';
import type { Deadline } from '../../core/deadline.ts';
import type { Prober } from '../../kube/create-prober.ts';
import {
  type ClusterRight,
  RIGHTS_ROUTES,
  type RightsRoute,
  ROUTE_RIGHTS,
  rightName,
} from '../../kube/route-rights.ts';
import { note, ok, problem, type StepFinding } from './finding.ts';
import { readBodyObject, readObject } from './read-object.ts';
import { type KnownIdentity, rightsCommand } from './rights-advice.ts';

const PATH = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

type Answer = 'yes' | 'no' | { readonly unknown: string };

/** Rights that the collector never needs and that a credential of it should not have. */
const TOO_MUCH = [
  { verb: '*', group: '*', resource: '*' },
  { verb: 'list', group: '', resource: 'secrets' },
  { verb: 'create', group: '', resource: 'pods/exec' },
] as const;

export interface RightsResult {
  readonly findings: readonly StepFinding[];
  /** Routes whose every right is there. */
  readonly routes: ReadonlySet<RightsRoute>;
}

/** Asks for every right of the route by SelfSubjectAccessReview, for those of the other routes, and for what is too much. */
export async function examineRights(
  prober: Prober,
  scene: {
    readonly route: RightsRoute;
    readonly identity: KnownIdentity | undefined;
    readonly connection: ClusterConnection;
    readonly deadline: Deadline;
  },
): Promise<RightsResult> {
  const { route, identity, connection, deadline } = scene;
  const known = new Map<string, Answer>();
  const may = async (
    right: Pick<ClusterRight, 'resource'> & { readonly verb: string; readonly group: string },
  ): Promise<Answer> => {
    const key = `${right.verb} ${right.group} ${right.resource}`;
    const answer = known.get(key) ?? (await review(prober, right, deadline));
    known.set(key, answer);
    return answer;
  };
  const whom = identity ?? { username: 'NAME', groups: [] };
  const mend = connection.advise?.({ status: 403, user: identity?.username }) ?? rightsCommand(route, whom);
  const findings: StepFinding[] = [];
  for (const right of ROUTE_RIGHTS[route]) {
    const answer = await may(right);
    const name = rightName(right);
    if (answer === 'yes') findings.push(ok('right', `we may ${name}`));
    else if (answer === 'no') findings.push(problem('right', `we may not ${name}, which route=${route} needs`, mend));
    else findings.push(note('right', `whether we may ${name} is not told: ${answer.unknown}`));
  }
  const routes = new Set<RightsRoute>();
  for (const one of RIGHTS_ROUTES) {
    const answers: Answer[] = [];
    for (const right of ROUTE_RIGHTS[one]) answers.push(await may(right));
    if (answers.every((answer) => answer === 'yes')) routes.add(one);
  }
  const more: string[] = [];
  for (const { verb, group, resource } of TOO_MUCH) {
    if ((await may({ verb, group, resource })) !== 'yes') continue;
    more.push(verb === '*' ? 'do everything' : `${verb} ${resource}`);
    if (verb === '*') break;
  }
  if (
    route !== 'proxy' &&
    (await may({ verb: 'get', group: '', resource: 'nodes/proxy' })) === 'yes' &&
    more.length === 0
  ) {
    more.push('get nodes/proxy');
  }
  findings.push(
    more.length === 0
      ? ok('no more', 'no right was found that the collector does not need')
      : note(
          'no more',
          `we may also ${more.join(' and ')}, which the collector does not need`,
          `use an identity of its own: ${rightsCommand(route, whom)}`,
        ),
  );
  return { findings, routes };
}

async function review(
  prober: Prober,
  right: { readonly verb: string; readonly group: string; readonly resource: string },
  deadline: Deadline,
): Promise<Answer> {
  const [resource = '', subresource] = right.resource.split('/');
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {
      resourceAttributes: {
        verb: right.verb,
        group: right.group,
        resource,
        ...(subresource !== undefined && { subresource }),
      },
    },
  };
  const answer = await prober.ask({ method: 'POST', path: PATH, body, deadline });
  if (answer.kind === 'none') return { unknown: answer.message };
  if (answer.status !== 201) return { unknown: `${answer.status}: ${answer.message}` };
  return readObject(readBodyObject(answer.body)['status'])['allowed'] === true ? 'yes' : 'no';
}
