import { RIGHTS_ROUTES } from '../../shared/kube/route-rights.ts';
import type { ClusterIdentity } from './identity.ts';
import { kustomizeFiles } from './kustomize-files.ts';
import { rbacManifests } from './rbac-manifests.ts';
import { renderManifests } from './render-yaml.ts';

/** The group that EKS access entries and the documents name. */
export const COLLECTORS = { kind: 'group', name: 'heapless-collectors' } as const satisfies ClusterIdentity;
/** Where no cloud's own identity logs in. */
export const ACCOUNT: ClusterIdentity = { kind: 'serviceaccount', namespace: 'heapless', name: 'collector' };

const HEAD = `# Made by infra/rbac (npm run docs); for another identity: npm run heapless -- rbac --help\n`;

/** The committed manifests: path from the root → text. Plain files for a cloud's group and for a service account; Kustomize. */
export function rbacFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const route of RIGHTS_ROUTES) {
    const group = rbacManifests({ route, identity: COLLECTORS, token: false });
    const account = rbacManifests({ route, identity: ACCOUNT, token: true });
    files.set(`infra/rbac/${route}.yml`, `${HEAD}${renderManifests(group)}`);
    files.set(`infra/rbac/service-account/${route}.yml`, `${HEAD}${renderManifests(account)}`);
  }
  for (const [path, text] of kustomizeFiles(COLLECTORS, false)) {
    files.set(`infra/rbac/kustomize/${path}`, `${HEAD}${text}`);
  }
  return files;
}
