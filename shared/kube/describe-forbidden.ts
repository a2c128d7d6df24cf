import type { IncomingHttpHeaders } from 'node:http';
import { excerpt } from './excerpt.ts';
import { parseApiStatus } from './parse-api-status.ts';

/** RBAC's refusal. Source: k8s.io/apiserver responsewriters.Forbidden; see also authorizer messages behind it. */
const RBAC = /User "([^"]*)" cannot (\w+) resource "([^"]*)" in API group "([^"]*)"/;
/** The kubelet's own refusal of the API server. Source: kubernetes pkg/kubelet/server, InstallAuthFilter. */
const KUBELET = /^Forbidden \(user=([^,]*), verb=(\w+), resource=([^,]*), subresource(?:\(s\))?=\[?([^)\]]*)\]?\)/;

/**
 * The missing right behind a 403 and what to grant. Tells the API server's refusal (a Status, `nosniff`) from one that
 * the kubelet gave and the API server only passed on. `fallback` is the right that the request needed.
 */
export function describeForbidden(
  answer: { readonly headers: IncomingHttpHeaders; readonly body: Buffer },
  options: { readonly verb: string; readonly resource: string; readonly secrets: readonly string[] },
): string {
  const status = parseApiStatus(answer.body);
  const text = excerpt(status?.message || answer.body, options.secrets);
  if (/GKE Warden/i.test(text)) {
    return `GKE Autopilot lets nobody use the node proxy (${text}): set route=metrics-api, or route=auto, in the source`;
  }
  const kubelet = KUBELET.exec(text);
  if (kubelet !== null) {
    const [, user = '', verb, resource, subresource] = kubelet;
    if (options.resource === 'nodes/stats') {
      return `the kubelet says that user ${user} may not ${verb} ${resource}/${subresource}: ${grant('direct', user)}`;
    }
    return `the kubelet refused the API server (user ${user}, ${verb} ${resource}/${subresource}): bind that user to ClusterRole system:kubelet-api-admin`;
  }
  if (status === undefined) return `refused, but not by the API server's RBAC: ${text || 'no reason given'}`;
  const rbac = RBAC.exec(text);
  if (rbac === null) return `refused: ${text || 'no reason given'} (needed: ${options.verb} ${options.resource})`;
  const [, user = '', verb = options.verb, resource = options.resource, group = ''] = rbac;
  const passedOn = options.resource === 'nodes/proxy' && answer.headers['x-content-type-options'] === undefined;
  if (passedOn) {
    return `the kubelet refused the API server (user "${user}" may not ${verb} ${resource}): grant that user verb ${verb} on ${resource}`;
  }
  if (user === 'system:anonymous') {
    return `no credentials reached the API server (user "system:anonymous" may not ${verb} ${resource}): check the token of the cluster's connection`;
  }
  if (group === 'metrics.k8s.io') {
    return `user "${user}" may not ${verb} ${resource}.${group}: ${grant('metrics-api', user)}`;
  }
  return `user "${user}" may not ${verb} ${resource}: grant verb ${verb} on resource ${resource} in a ClusterRole`;
}

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** The command that gives a user the rights of a route. */
function grant(route: 'direct' | 'metrics-api', user: string): string {
  const account = ACCOUNT.exec(user);
  const identity = account === null ? `user:${user}` : `serviceaccount:${account[1]}/${account[2]}`;
  return `heapless rbac --route ${route} --identity ${identity} | kubectl apply -f -`;
}
