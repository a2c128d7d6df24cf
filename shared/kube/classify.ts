import type { Millis, UnixMillis } from '../core/units.ts';
import type { ApiStatus } from './api-status.ts';
import type { FailureReason } from './client.ts';
import { describeForbidden } from './describe-forbidden.ts';
import { excerpt } from './excerpt.ts';
import type { Exchange } from './exchange.ts';
import { parseApiStatus } from './parse-api-status.ts';
import { parseRetryAfter } from './retry-after.ts';

/** What a request was for, for messages and for the right it needs. */
export interface Target {
  readonly verb: 'get' | 'list';
  readonly resource:
    | 'nodes'
    | 'namespaces'
    | 'pods'
    | 'nodes/proxy'
    | 'nodes/stats'
    | 'nodes.metrics.k8s.io'
    | 'pods.metrics.k8s.io';
}

export interface Failure {
  readonly status: 'failed';
  readonly reason: FailureReason;
  readonly message: string;
}

/** What to do with a complete answer. `busy`: wait and ask again, or give up with `failure`. */
export type Verdict =
  | { readonly kind: 'ok' }
  | { readonly kind: 'unauthorized'; readonly failure: Failure }
  | { readonly kind: 'busy'; readonly retryAfter: Millis | undefined; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly failure: Failure };

type Answer = Extract<Exchange, { kind: 'answer' }>;

/** The API server could not reach the kubelet: 500 up to some release, 503 since. Source: apimachinery util/proxy. */
const NO_KUBELET = /^error trying to reach service|^no preferred addresses found|^dial tcp|No agent available/;

/** Decides what an answer means, permanent or worth another try. Pure. */
export function classify(
  answer: Answer,
  context: { readonly target: Target; readonly now: UnixMillis; readonly secrets: readonly string[] },
): Verdict {
  const { status } = answer;
  if (status === 200) return { kind: 'ok' };
  const api = parseApiStatus(answer.body);
  const said = excerpt(api?.message || answer.body, context.secrets) || 'no reason given';
  const { resource } = context.target;
  const direct = resource === 'nodes/stats';
  const failed = (reason: FailureReason, message: string): Failure => ({
    status: 'failed',
    reason,
    message: `${status}: ${message}`,
  });
  const final = (reason: FailureReason, message: string): Verdict => ({
    kind: 'failed',
    failure: failed(reason, message),
  });
  if (status === 401 && direct) {
    const message = `the kubelet did not accept our credentials (${said}): check the token, and that kubelets ask the API server about tokens (authentication.webhook.enabled in their configuration)`;
    return { kind: 'unauthorized', failure: failed('unauthorized', message) };
  }
  if (status === 401) {
    const whose = api === undefined && resource === 'nodes/proxy' ? "the API server's" : 'our';
    const who = whose === 'our' ? 'the API server' : 'the kubelet';
    const message = `${who} did not accept ${whose} credentials (${said}): check the token`;
    return { kind: 'unauthorized', failure: failed('unauthorized', message) };
  }
  if (status === 403)
    return final('forbidden', describeForbidden(answer, { ...context.target, secrets: context.secrets }));
  if (status === 404) return final('not_found', describeNotFound(api, said, resource));
  const retryAfter = parseRetryAfter(answer.headers['retry-after'], context.now);
  if (status === 429)
    return {
      kind: 'busy',
      retryAfter,
      failure: failed('throttled', `the ${direct ? 'kubelet' : 'API server'} has no room for us: ${said}`),
    };
  if (status >= 500) {
    if (!direct && NO_KUBELET.test(said))
      return final('unreachable', `the API server cannot reach the kubelet: ${said}`);
    if (status !== 503) return final('server_error', said);
    return { kind: 'busy', retryAfter, failure: failed(retryAfter === undefined ? 'server_error' : 'throttled', said) };
  }
  if (status >= 300 && status < 400) {
    return final(
      'unexpected_status',
      `a redirect${towards(answer)} is not followed, our token would go with it: check ${direct ? "the node's address" : 'the server URL'}`,
    );
  }
  return final('unexpected_status', said);
}

function describeNotFound(api: ApiStatus | undefined, said: string, resource: Target['resource']): string {
  if (resource.endsWith('.metrics.k8s.io'))
    return `the cluster has no Metrics API: install metrics-server, or use another route (${said})`;
  if (api?.kind === 'nodes') return `the API server knows no such node any more: ${said}`;
  return api === undefined ? `the kubelet has no /stats/summary there: ${said}` : said;
}

/** Host of a redirect; path and query may carry secrets. */
function towards(answer: Answer): string {
  const { location } = answer.headers;
  return location !== undefined && URL.canParse(location) ? ` to ${new URL(location).host}` : '';
}
