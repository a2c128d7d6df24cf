import type { RightsRoute } from '../../kube/route-rights.ts';
import { note, ok, problem, type StepFinding } from './finding.ts';

/** Up to `most` of a list, spread over it: the first, the last, and between. */
export function sampleOf<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  const step = (all.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, at) => all[Math.round(at * step)]).filter((one) => one !== undefined);
}

/** One node's answer, timed. */
export interface SampledNode {
  readonly node: string;
  readonly millis: number;
  readonly bytes: number;
  /** Why there was none; undefined = it answered. */
  readonly failure: string | undefined;
}

/** What to do where no node answers by a route. */
const MENDS: Readonly<Record<RightsRoute, (node: string) => string>> = {
  proxy: (node) => `see whether it answers anybody: kubectl get --raw /api/v1/nodes/${node}/proxy/stats/summary`,
  direct: () =>
    'let this machine reach port 10250 of the nodes (security group, firewall), or use route=proxy in the source',
  'metrics-api': () =>
    'see whether metrics-server answers anybody: kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes',
};

/** What the sample says: all answered, some, or none. Pure. */
export function sampleFinding(sampled: readonly SampledNode[], route: RightsRoute): StepFinding {
  const failed = sampled.filter(({ failure }) => failure !== undefined);
  const good = sampled.filter(({ failure }) => failure === undefined);
  const slowest = Math.max(0, ...good.map(({ millis }) => millis));
  const largest = Math.max(0, ...good.map(({ bytes }) => bytes));
  const size = largest === 0 ? '' : ` and ${Math.ceil(largest / 1_024)} KiB`;
  const said = `${good.length} of ${sampled.length} asked nodes answered, at most ${slowest} ms${size}`;
  const [first] = failed;
  if (first === undefined) return ok('summary', said, slowest);
  const sentence = `${said}; ${first.node}: ${first.failure}`;
  if (good.length > 0) return note('summary', sentence, `look at that node: kubectl describe node ${first.node}`);
  return problem('summary', sentence, MENDS[route](first.node));
}
