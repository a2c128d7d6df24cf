import type { IncomingHttpHeaders } from 'node:http';
import type { ClusterRefusal } from '../clusters/connector.ts';
import { parseApiStatus } from './parse-api-status.ts';

const KUBELET = /^Forbidden \(user=/;

/**
 * A refusal by the API server itself; undefined for every other answer, and for what a kubelet refused and the API server
 * only passed on (that has no `nosniff`).
 */
export function refusalOf(
  answer: { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer },
  resource: string,
): ClusterRefusal | undefined {
  const { status } = answer;
  if (status !== 401 && status !== 403) return undefined;
  const said = parseApiStatus(answer.body);
  if (said === undefined || KUBELET.test(said.message)) return undefined;
  if (status === 403 && resource === 'nodes/proxy' && answer.headers['x-content-type-options'] === undefined)
    return undefined;
  return { status, user: /\bUser "([^"]+)"/i.exec(said.message)?.[1] };
}
