import type { Clock } from '../../core/clock.ts';
import type { Deadline } from '../../core/deadline.ts';
import { describeError, HeaplessError } from '../../core/errors.ts';
import { type Millis, SECOND } from '../../core/units.ts';
import type { ShardNode } from '../../fanout/invoker.ts';
import type { RightsRoute } from '../../kube/route-rights.ts';
import { decideRoute } from '../decide-route.ts';
import type { SourceRuntime } from '../source-runtime.ts';
import { ok, problem, type StepFinding } from './finding.ts';
import { type SampledNode, sampleFinding, sampleOf } from './sample-nodes.ts';

const SAMPLE = 3;
const LIST_TIME: Millis = 10 * SECOND;
const DECIDE_TIME: Millis = 20 * SECOND;

type Within = <T>(time: Millis, work: (deadline: Deadline) => Promise<T>) => Promise<T>;

export interface UsageScene {
  readonly source: Pick<SourceRuntime, 'client' | 'open'>;
  readonly nodeTimeout: Millis;
  readonly clock: Clock;
  readonly within: Within;
  readonly tell: (finding: StepFinding) => void;
}

/** What `route=auto` takes, by trying as a tick does. Undefined = no route works, which is told. */
export async function examineAuto(scene: UsageScene, nodes: readonly ShardNode[]): Promise<RightsRoute | undefined> {
  const { source, clock, within, tell } = scene;
  const { route, message } = await within(DECIDE_TIME, async (deadline) => {
    const client = await source.client(deadline);
    const tick = { client, timestamp: clock.now(), warn: () => undefined };
    return await decideRoute(nodes, { open: (one, by) => source.open(one, { ...tick, deadline: by }), deadline });
  });
  tell(
    route === undefined
      ? problem('auto', message, 'mend one of the routes: what each lacks is said in the brackets')
      : ok('auto', message),
  );
  return route;
}

/** Some nodes' usage by a route, and the pods of one of them, as the collector itself reads them. True if a node answered. */
export async function examineUsage(
  scene: UsageScene,
  route: RightsRoute,
  nodes: readonly ShardNode[],
): Promise<boolean> {
  const { source, clock, nodeTimeout, within, tell } = scene;
  const warnings = new Set<string>();
  const sampled: SampledNode[] = [];
  for (const node of sampleOf(nodes, SAMPLE)) {
    const started = clock.now();
    const result = await within(nodeTimeout, async (deadline): Promise<Pick<SampledNode, 'bytes' | 'failure'>> => {
      try {
        const client = await source.client(deadline);
        const tick = { client, timestamp: started, deadline, warn: (text: string) => void warnings.add(text) };
        const answer = await (await source.open(route, tick)).scrape(node, deadline);
        if (answer.status === 'failed') return { bytes: 0, failure: answer.message };
        return { bytes: answer.bytes, failure: undefined };
      } catch (error) {
        return { bytes: 0, failure: error instanceof HeaplessError ? error.message : describeError(error) };
      }
    });
    sampled.push({ node: node.name, millis: clock.now() - started, ...result });
  }
  tell(sampleFinding(sampled, route));
  for (const sentence of warnings) tell({ step: 'usage', status: 'note', sentence });
  const [first] = nodes;
  if (first !== undefined) tell(await examinePods(scene, first.name));
  return sampled.some(({ failure }) => failure === undefined);
}

async function examinePods({ source, clock, within }: UsageScene, node: string): Promise<StepFinding> {
  const started = clock.now();
  const pods = await within(LIST_TIME, async (deadline) =>
    (await source.client(deadline)).listPods({ node, deadline }),
  );
  if (pods.status === 'failed') {
    return problem('pods', `pods of ${node} could not be listed: ${pods.message}`, 'mend the rights above first');
  }
  const size = `${Math.ceil(pods.bytes / 1_024)} KiB`;
  return ok('pods', `${pods.value.length} pods on ${node}, ${size}`, clock.now() - started);
}
