import type { Deadline } from '../core/deadline.ts';
import { describeError } from '../core/errors.ts';
import { type Millis, SECOND } from '../core/units.ts';
import type { ShardNode } from '../fanout/invoker.ts';
import type { RightsRoute } from '../kube/route-rights.ts';
import type { Source } from '../sources/source.ts';

/** The route that a source with `route=auto` takes, and a sentence that says why. */
export interface RouteDecision {
  readonly route: RightsRoute;
  readonly message: string;
}

/** The least right that gives everything first; what gives CPU and memory only comes last. */
const ORDER: readonly RightsRoute[] = ['direct', 'proxy', 'metrics-api'];
/** Nodes that each route is tried with: one may be down. */
const SAMPLE = 3;
const TRY_TIME: Millis = 2 * SECOND;
const TRY_SHARE = 0.25;

/**
 * Tries the routes with a few nodes that are Ready, best first, and takes the first by which one of them answers. By asking and not
 * by access reviews, because these know nothing of networks and of what a cloud forbids behind RBAC. Undefined and why, if
 * none works: then nothing is decided.
 */
export async function decideRoute(
  nodes: readonly ShardNode[],
  options: { readonly open: (route: RightsRoute, deadline: Deadline) => Promise<Source>; readonly deadline: Deadline },
): Promise<RouteDecision | { readonly route: undefined; readonly message: string }> {
  const sample = [...nodes.filter((node) => node.ready), ...nodes.filter((node) => !node.ready)].slice(0, SAMPLE);
  const misses: string[] = [];
  for (const route of ORDER) {
    using deadline = options.deadline.within(Math.min(TRY_TIME, options.deadline.remaining() * TRY_SHARE));
    const miss = await tryRoute(sample, await open(route, options.open, deadline), deadline);
    if (miss === undefined) {
      const because = misses.length === 0 ? '' : ` (${misses.join('; ')})`;
      return { route, message: `route=auto takes ${route}${because}` };
    }
    misses.push(`${route}: ${miss}`);
  }
  return { route: undefined, message: `route=auto: no route works now (${misses.join('; ')})` };
}

async function open(
  route: RightsRoute,
  opener: (route: RightsRoute, deadline: Deadline) => Promise<Source>,
  deadline: Deadline,
): Promise<Source | string> {
  try {
    return await opener(route, deadline);
  } catch (error) {
    return describeError(error);
  }
}

/** Why no node of the sample answers; undefined if one does. */
async function tryRoute(
  sample: readonly ShardNode[],
  source: Source | string,
  deadline: Deadline,
): Promise<string | undefined> {
  if (typeof source === 'string') return source;
  if (sample.length === 0) return 'the cluster has no nodes';
  const results = await Promise.all(sample.map((node) => source.scrape(node, deadline)));
  if (results.some(({ status }) => status === 'ok')) return undefined;
  const [first] = results;
  return first?.status === 'failed' ? `${first.reason}, ${first.message}` : 'no answer';
}
