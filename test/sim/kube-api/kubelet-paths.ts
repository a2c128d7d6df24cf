import type { Attributes } from './rbac.ts';

/**
 * What a kubelet asks its API server about a caller of its own port, in the order in which it asks: one that is allowed is enough.
 * Source: kubernetes pkg/kubelet/server/auth.go, with KubeletFineGrainedAuthz (on since 1.33).
 */
export function kubeletAttributes(method: string, path: string, node: string): readonly Attributes[] {
  const verb =
    { POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method] ?? '';
  const of = (resource: string): Attributes => ({ verb, group: '', resource, name: node, namespace: '' });
  if (under(path, '/stats')) return [of('nodes/stats')];
  if (under(path, '/metrics')) return [of('nodes/metrics')];
  if (under(path, '/logs')) return [of('nodes/log')];
  if (path === '/pods' || path === '/runningpods/') return [of('nodes/pods'), of('nodes/proxy')];
  if (path === '/healthz') return [of('nodes/healthz'), of('nodes/proxy')];
  if (path === '/configz') return [of('nodes/configz'), of('nodes/proxy')];
  return [of('nodes/proxy')];
}

/** A kubelet's answers beside the summary; undefined for `/stats/summary`, which the demo's kubelet answers. */
export function kubeletPage(
  path: string,
  upgrades: boolean,
): { readonly status: number; readonly body: string; readonly type: string } | undefined {
  const plain = 'text/plain; charset=utf-8';
  if (path === '/stats/summary') return undefined;
  if (path === '/healthz') return { status: 200, body: 'ok', type: plain };
  if (path === '/pods')
    return { status: 200, body: '{"kind":"PodList","apiVersion":"v1","items":[]}', type: 'application/json' };
  if (path === '/metrics') return { status: 200, body: '# HELP kubelet_up\n', type: plain };
  if (/^\/(?:exec|attach)\/[^/]+\/[^/]+\/[^/]+$/.test(path)) {
    return upgrades
      ? { status: 101, body: '', type: plain }
      : { status: 400, body: 'Upgrade request required\n', type: plain };
  }
  return { status: 404, body: '404 page not found\n', type: plain };
}

function under(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
