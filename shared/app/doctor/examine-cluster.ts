import type { ClusterConnection } from '../../clusters/connector.ts';
import type { Config } from '../../config/config.ts';
import type { Clock } from '../../core/clock.ts';
import { createDeadline, type Deadline } from '../../core/deadline.ts';
import { describeError, HeaplessError } from '../../core/errors.ts';
import { type Millis, SECOND } from '../../core/units.ts';
import { createProber, type Prober } from '../../kube/create-prober.ts';
import { beforeDeadline } from '../before-deadline.ts';
import { listCluster } from '../list-cluster.ts';
import { skewWarning } from '../skew-warning.ts';
import type { SourceRuntime } from '../source-runtime.ts';
import { examineIdentity } from './examine-identity.ts';
import { examineNetwork } from './examine-network.ts';
import { examineNodes } from './examine-nodes.ts';
import { examinePolicy } from './examine-policy.ts';
import { examineRights } from './examine-rights.ts';
import { examineAuto, examineUsage } from './examine-usage.ts';
import { ok, problem, type StepFinding, skipped } from './finding.ts';
import { readBodyObject } from './read-object.ts';
import { routeFinding } from './route-finding.ts';

/** One step's time. */
const STEP_TIME: Millis = 10 * SECOND;
/** Connecting may ask a cloud, or run a plugin. */
const CONNECT_TIME: Millis = 30 * SECOND;
const USER_AGENT = 'heapless-doctor';

export interface ClusterScene {
  readonly connect: () => Promise<ClusterConnection>;
  readonly source: SourceRuntime;
  readonly config: Pick<Config, 'nodeTimeout'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tell: (finding: StepFinding) => void;
}

/** Examines one cluster, step by step; tells each finding when it is there. What needs a failed step is not tried. */
export async function examineCluster(scene: ClusterScene): Promise<void> {
  const { source, clock, signal, tell } = scene;
  const within = async <T>(time: Millis, work: (deadline: Deadline) => Promise<T>): Promise<T> => {
    using deadline = createDeadline(clock.now() + time, clock, signal);
    return await work(deadline);
  };
  let connection: ClusterConnection;
  try {
    connection = await within(CONNECT_TIME, (deadline) => beforeDeadline(scene.connect(), deadline, 'connecting'));
  } catch (error) {
    tell(
      problem(
        'connection',
        describeFailure(error),
        'correct the source: --source or HEAPLESS_SOURCE (docs/configuration.md)',
      ),
    );
    return;
  }
  tell(ok('connection', `the API server is ${connection.server}`));
  const network = await within(STEP_TIME, (deadline) => examineNetwork({ connection, clock, deadline }));
  network.forEach(tell);
  if (network.some(({ status }) => status === 'problem')) return;

  const prober = createProber(connection, { clock, userAgent: USER_AGENT });
  const { finding, identity, accepted } = await within(STEP_TIME, (deadline) =>
    examineIdentity(prober, connection, deadline),
  );
  tell(finding);
  const skew = prober.skew();
  const warning = skewWarning(skew, "the API server's");
  if (warning !== undefined)
    tell(problem('clock', warning, 'set this clock by NTP: samples would fall into wrong minutes'));
  else if (skew !== undefined) tell(ok('clock', 'this clock and that of the API server agree to within 30 s'));
  if (!accepted) return;

  const minor = await within(STEP_TIME, (deadline) => tellVersion(prober, deadline, tell));
  const usage = { source, nodeTimeout: scene.config.nodeTimeout, clock, within, tell };
  for (const sentence of source.warnings()) tell({ step: 'source', status: 'note', sentence });
  let { route } = source;
  const listed = await within(STEP_TIME, (deadline) => listCluster(source, deadline));
  const targets = listed.status === 'ok' ? listed.objects.nodes : [];
  // Without nodes there is nothing to try: the rights of the proxy then stand for the others.
  if (route === 'auto') route = (targets.length === 0 ? undefined : await examineAuto(usage, targets)) ?? 'proxy';
  const asked = { route, identity, connection };
  const rights = await within(STEP_TIME, (deadline) => examineRights(prober, { ...asked, deadline }));
  rights.findings.forEach(tell);
  const { finding: seen, nodes } = await within(STEP_TIME, (deadline) => examineNodes(prober, deadline));
  tell(seen);
  let bounded = true;
  if (route === 'proxy') {
    const node = nodes?.names[0];
    const policy = await within(STEP_TIME, (deadline) => examinePolicy(prober, { node, minor, identity, deadline }));
    tell(policy);
    bounded = policy.status === 'ok';
  }
  if (nodes === undefined || targets.length === 0) return tell(skipped('summary', 'there is no node to ask'));
  const answers = await examineUsage(usage, route, targets);
  tell(routeFinding({ route, allowed: rights.routes, answers, bounded, nodes: nodes.count }));
}

/** Our own sentences whole, others cut. */
function describeFailure(error: unknown): string {
  return error instanceof HeaplessError ? error.message : describeError(error);
}

async function tellVersion(
  prober: Prober,
  deadline: Deadline,
  tell: ClusterScene['tell'],
): Promise<number | undefined> {
  const answer = await prober.ask({ method: 'GET', path: '/version', deadline });
  if (answer.kind === 'none' || answer.status !== 200) {
    const said = answer.kind === 'none' ? answer.message : `${answer.status}: ${answer.message}`;
    tell(skipped('version', `the API server does not tell its version (${said})`));
    return undefined;
  }
  const { gitVersion, minor } = readBodyObject(answer.body);
  tell(
    ok('version', `the API server is ${typeof gitVersion === 'string' ? gitVersion.slice(0, 60) : 'of no version'}`),
  );
  // Clouds write `30+`.
  const number = typeof minor === 'string' ? Number.parseInt(minor, 10) : Number.NaN;
  return Number.isNaN(number) ? undefined : number;
}
