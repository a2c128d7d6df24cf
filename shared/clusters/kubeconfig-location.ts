import { delimiter, join } from 'node:path';
import type { ClusterDeps } from './cluster-deps.ts';

/** Where a kubeconfig is: files that are merged, or its text. `shown` names it in messages. */
export interface KubeconfigLocation {
  readonly paths: readonly string[];
  readonly text: string | undefined;
  readonly shown: string;
}

type Env = ClusterDeps['env'];

/** The kubeconfig that `auth` names: a path (`~/` is the home directory), a document, or, if empty, the default. */
export function locateKubeconfig(auth: string, env: Env): KubeconfigLocation {
  if (/^\s*[{]|\n|^\s*(?:apiVersion|kind|clusters)\s*:/.test(auth)) {
    return { paths: [], text: auth, shown: 'in auth' };
  }
  if (auth === '') return filesOf(defaultPaths(env));
  return filesOf([auth.startsWith('~/') ? join(home(env), auth.slice(2)) : auth]);
}

/** The default kubeconfig if one of its files can be read, else undefined. */
export async function defaultKubeconfig({ env, readFile }: ClusterDeps): Promise<KubeconfigLocation | undefined> {
  const paths = defaultPaths(env);
  const found = await Promise.allSettled(paths.map((path) => readFile(path)));
  return found.some((result) => result.status === 'fulfilled') ? filesOf(paths) : undefined;
}

/** `KUBECONFIG`, a list of paths, or `~/.kube/config`: kubectl's rule. */
function defaultPaths(env: Env): readonly string[] {
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed : [join(home(env), '.kube', 'config')];
}

function home(env: Env): string {
  return env['HOME'] ?? env['USERPROFILE'] ?? '/';
}

function filesOf(paths: readonly string[]): KubeconfigLocation {
  return { paths, text: undefined, shown: paths.join(delimiter) };
}
