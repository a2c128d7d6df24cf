import type { IncomingMessage } from 'node:http';
import { type Answer, statusAnswer } from './answer.ts';

/** What a request asks of the API server, in the words of its authorizer. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** Undefined for paths that are no resource (`/version`). */
  readonly target:
    | {
        /** API group; absent = core. */
        readonly group?: string;
        readonly resource: string;
        readonly subresource: string;
        readonly name: string;
        readonly rest: string;
      }
    | undefined;
  readonly verb: string;
  /** Text of a POST. */
  readonly body?: string;
}

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Source: k8s.io/apiserver RequestInfoFactory: GET without a name is `list`, with `watch` it is `watch`. */
export function parseApiRequest(request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): ApiRequest {
  const url = new URL(request.url ?? '/', 'https://demo');
  const method = request.method ?? 'GET';
  const [, group, resource, name = '', subresource = '', rest = ''] =
    /^\/(?:api\/v1|apis\/(metrics\.k8s\.io)\/v1beta1)\/(\w+)(?:\/([^/]+))?(?:\/([^/]+))?(\/.*)?$/.exec(url.pathname) ??
    [];
  const watches = /^(1|true)$/.test(url.searchParams.get('watch') ?? '');
  const verb = VERBS[method] ?? method.toLowerCase();
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    target:
      resource === undefined
        ? undefined
        : { ...(group !== undefined && { group }), resource, subresource, name: decodeURIComponent(name), rest },
    verb: verb === 'get' && resource !== undefined && name === '' ? (watches ? 'watch' : 'list') : verb,
  };
}

export interface Identity {
  readonly token: string;
  readonly user: string;
  /** `verb resource`. */
  readonly rights: ReadonlySet<string>;
}

/** Lets a request pass (undefined) or refuses it as the API server does: a wrong token 401, none or no right 403. */
export function refuse(request: ApiRequest, identity: Identity): Answer | undefined {
  const { authorization } = request.headers;
  const match = /^Bearer (.+)$/i.exec(authorization ?? '');
  if (authorization !== undefined && match?.[1] !== identity.token) {
    return statusAnswer(401, 'Unauthorized', { reason: 'Unauthorized' });
  }
  const known = authorization !== undefined;
  const user = known ? identity.user : 'system:anonymous';
  const { target, verb, path } = request;
  if (path === '/version') return undefined;
  if (target === undefined) return forbidden(`forbidden: User "${user}" cannot ${verb} path "${path}"`, {});
  const resource = target.subresource === '' ? target.resource : `${target.resource}/${target.subresource}`;
  const { group = '' } = target;
  if (known && identity.rights.has(`${verb} ${resource}${group === '' ? '' : `.${group}`}`)) return undefined;
  const kind = group === '' ? target.resource : `${target.resource}.${group}`;
  const what = target.name === '' ? kind : `${kind} "${target.name}"`;
  const message = `${what} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" at the cluster scope`;
  const details = { ...(target.name !== '' && { name: target.name }), ...(group !== '' && { group }) };
  return forbidden(message, { ...details, kind: target.resource });
}

function forbidden(message: string, details: Readonly<Record<string, unknown>>): Answer {
  return statusAnswer(403, message, { reason: 'Forbidden', details, headers: { 'X-Content-Type-Options': 'nosniff' } });
}
