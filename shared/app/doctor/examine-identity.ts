import type { ClusterConnection } from '../../clusters/connector.ts';
import type { Deadline } from '../../core/deadline.ts';
import type { Prober } from '../../kube/create-prober.ts';
import { excerpt } from '../../kube/excerpt.ts';
import { note, ok, problem, type StepFinding } from './finding.ts';
import { readBodyObject, readObject, readTexts } from './read-object.ts';
import type { KnownIdentity } from './rights-advice.ts';

const PATH = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const STEP = 'identity';

/** Asks the API server who it takes us for. Undefined identity: it did not accept us, or cannot say (before 1.28). */
export async function examineIdentity(
  prober: Prober,
  connection: ClusterConnection,
  deadline: Deadline,
): Promise<{ readonly finding: StepFinding; readonly identity?: KnownIdentity; readonly accepted: boolean }> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const answer = await prober.ask({ method: 'POST', path: PATH, body, deadline });
  const refused = (sentence: string, mend: string) => ({ finding: problem(STEP, sentence, mend), accepted: false });
  if (answer.kind === 'none') {
    if (answer.reason === 'credentials') return refused(`there are no credentials: ${answer.message}`, CHECK_LOGIN);
    return refused(answer.message, 'look at the network between here and the API server');
  }
  if (answer.status === 201) {
    const user = readObject(readObject(readBodyObject(answer.body)['status'])['userInfo']);
    const username = typeof user['username'] === 'string' ? excerpt(user['username'], []) : '';
    if (username === 'system:anonymous') return refused('no credentials reached the API server', CHECK_LOGIN);
    const identity = { username, groups: readTexts(user['groups']) };
    const groups = identity.groups.filter((group) => group !== 'system:authenticated');
    const of = groups.length === 0 ? '' : `, in ${groups.map((group) => excerpt(group, [])).join(', ')}`;
    return {
      finding: ok(STEP, `the API server knows us as ${username}${of}`, answer.millis),
      identity,
      accepted: true,
    };
  }
  if (answer.status === 401) {
    const advice = connection.advise?.({ status: 401, user: undefined });
    return refused(`the API server did not accept our credentials (${answer.message})`, advice ?? CHECK_LOGIN);
  }
  const user = /\bUser "([^"]+)"/i.exec(answer.message)?.[1];
  if (user === 'system:anonymous') return refused('no credentials reached the API server', CHECK_LOGIN);
  if (answer.status === 404) {
    return { finding: note(STEP, 'the API server is older than 1.28 and cannot say who we are'), accepted: true };
  }
  const sentence = `the API server does not say who we are (${answer.status}: ${answer.message})`;
  if (answer.status !== 403) return refused(sentence, 'check that the address is an API server of Kubernetes');
  const finding = note(STEP, sentence, 'bind system:basic-user to system:authenticated again, as Kubernetes does');
  return { finding, accepted: true, ...(user !== undefined && { identity: { username: user, groups: [] } }) };
}

const CHECK_LOGIN =
  'check the login of the source: token=, token_file=, auth= with a kubeconfig, or the role that the function runs as';
