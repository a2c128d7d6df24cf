import type { RightsRoute } from '../../kube/route-rights.ts';
import { note, ok, type StepFinding } from './finding.ts';

/** From so many nodes on, the way through the API server is worth leaving: about 40 MB of summaries a minute. */
const MANY_NODES = 500;

export interface RouteFacts {
  readonly route: RightsRoute;
  /** Routes whose rights are all there. */
  readonly allowed: ReadonlySet<RightsRoute>;
  /** Whether the sampled nodes answered by `route`. */
  readonly answers: boolean;
  /** For the node proxy: whether a policy bounds it. */
  readonly bounded: boolean;
  readonly nodes: number;
}

/** Which route suits the cluster as it was found. Pure. */
export function routeFinding({ route, allowed, answers, bounded, nodes }: RouteFacts): StepFinding {
  const step = 'route';
  const others = (['direct', 'metrics-api', 'proxy'] as const).filter((one) => one !== route && allowed.has(one));
  if (!allowed.has(route) || !answers) {
    if (others.length === 0)
      return note(step, `no route has all that it needs; route=${route} lacks what is said above`);
    const [best] = others;
    return note(
      step,
      `route=${route} does not work, but the rights of ${others.join(' and ')} are there`,
      `route=${best} in the source`,
    );
  }
  if (route === 'proxy' && !bounded) {
    return note(
      step,
      'route=proxy works; bound it by the policy, or read kubelets directly from inside of the network',
      'route=direct in the source',
    );
  }
  if (route === 'proxy' && nodes >= MANY_NODES) {
    const sentence = `route=proxy works; with ${nodes} nodes the API server passes on some ${Math.round(nodes * 0.08)} MB a tick`;
    return note(step, sentence, 'route=direct in the source, where the functions can reach port 10250 of the nodes');
  }
  if (route === 'metrics-api' && (allowed.has('direct') || allowed.has('proxy'))) {
    const better = allowed.has('direct') ? 'direct' : 'proxy';
    return note(
      step,
      'route=metrics-api works, and gives CPU and memory only',
      `route=${better} in the source, for network, volumes and the rest`,
    );
  }
  return ok(step, `route=${route} suits this cluster`);
}
