/** A request as kube-apiserver understands it. Source: k8s.io/apiserver pkg/endpoints/request/requestinfo.go. */
export interface RequestInfo {
  readonly verb: string;
  /** Decoded once, as Go's `URL.Path`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Undefined for a path that is no resource. */
  readonly target:
    | {
        readonly group: string;
        readonly version: string;
        readonly namespace: string;
        readonly resource: string;
        readonly subresource: string;
        readonly name: string;
        /** What a connecter gets as `path`: the parts after the subresource. */
        readonly subpath: string;
      }
    | undefined;
}

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Reads the raw request target; undefined if Go's parser refuses it (a broken escape). */
export function parseRequestInfo(method: string, target: string): RequestInfo | undefined {
  const mark = target.indexOf('?');
  const raw = mark < 0 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  let path: string;
  try {
    path = decodeURIComponent(raw);
  } catch {
    return undefined;
  }
  const verb = VERBS[method] ?? method.toLowerCase();
  const all = path.replace(/^\/+|\/+$/g, '').split('/');
  const [prefix] = all;
  const none: RequestInfo = { verb: method.toLowerCase(), path, query, target: undefined };
  if (prefix !== 'api' && prefix !== 'apis') return none;
  const head = prefix === 'api' ? 2 : 3;
  if (all.length <= head) return none;
  const group = prefix === 'api' ? '' : (all[1] ?? '');
  const version = all[head - 1] ?? '';
  let parts = all.slice(head);
  let namespace = '';
  if (parts[0] === 'namespaces' && parts.length > 1) {
    namespace = parts[1] ?? '';
    if (parts.length > 2 && parts[2] !== 'status' && parts[2] !== 'finalize') parts = parts.slice(2);
  }
  const [resource = '', name = '', subresource = ''] = parts;
  let subpath = parts.slice(3).join('/');
  if (subpath.length > 0 && !subpath.startsWith('/')) subpath = `/${subpath}`;
  if (path.endsWith('/') && !subpath.endsWith('/')) subpath += '/';
  const watches = /^(?:1|true)$/.test(query.get('watch') ?? '');
  return {
    verb: verb === 'get' && name === '' ? (watches ? 'watch' : 'list') : verb,
    path,
    query,
    target: { group, version, namespace, resource, subresource, name, subpath },
  };
}

/** Go's `path.Join`, keeping a slash at the end: what the proxy sends on. Source: apimachinery net.JoinPreservingTrailingSlash. */
export function cleaned(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  const joined = `/${parts.join('/')}`;
  return path.endsWith('/') && joined !== '/' ? `${joined}/` : joined;
}
