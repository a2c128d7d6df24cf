import { dirname, isAbsolute, resolve } from 'node:path';
import { HeaplessError } from '../core/errors.ts';
import type { ClusterDeps } from './cluster-deps.ts';
import { type KubeconfigDocument, parseKubeconfig } from './kubeconfig-document.ts';
import type { KubeconfigLocation } from './kubeconfig-location.ts';
import { readText } from './read-text.ts';

/**
 * The kubeconfig at a location: several files are merged as kubectl does (the first that names something wins, files of a
 * list may be missing), and relative paths start from their own file's folder. Throws `HeaplessError`.
 */
export async function loadKubeconfig(
  location: KubeconfigLocation,
  deps: Pick<ClusterDeps, 'readFile'> & { readonly loadYaml: (text: string) => unknown },
): Promise<KubeconfigDocument> {
  if (location.text !== undefined) {
    const document = parseKubeconfig(location.text, location.shown, deps.loadYaml);
    return withPaths(document, (path) => {
      if (isAbsolute(path)) return path;
      const problem = `kubeconfig ${location.shown} refers to the relative path ${path}; embed the file's content`;
      throw new HeaplessError(problem, { code: 'cluster_kubeconfig' });
    });
  }
  const documents: KubeconfigDocument[] = [];
  const missing: unknown[] = [];
  for (const path of location.paths) {
    try {
      const document = parseKubeconfig(await readText('kubeconfig', path, deps.readFile), path, deps.loadYaml);
      documents.push(withPaths(document, (relative) => resolve(dirname(path), relative)));
    } catch (error) {
      if (!(error instanceof HeaplessError && error.code === 'cluster_file')) throw error;
      missing.push(error);
      if ((error.cause as NodeJS.ErrnoException | undefined)?.code !== 'ENOENT') throw error;
    }
  }
  if (documents.length === 0) throw missing[0];
  return {
    'current-context': documents.map((document) => document['current-context']).find(Boolean),
    contexts: firstOfEach(documents.flatMap((document) => document.contexts ?? [])),
    clusters: firstOfEach(documents.flatMap((document) => document.clusters ?? [])),
    users: firstOfEach(documents.flatMap((document) => document.users ?? [])),
  };
}

function firstOfEach<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  return [...new Map(entries.toReversed().map((entry) => [entry.name, entry])).values()].reverse();
}

/** The document with every path made absolute; a command without `/` is looked up in PATH and stays. */
function withPaths(document: KubeconfigDocument, toAbsolute: (path: string) => string): KubeconfigDocument {
  const fix = (path: string | null | undefined): string | undefined => (path ? toAbsolute(path) : undefined);
  return {
    ...document,
    clusters: document.clusters?.map(({ name, cluster }) => ({
      name,
      cluster: { ...cluster, 'certificate-authority': fix(cluster['certificate-authority']) },
    })),
    users: document.users?.map(({ name, user }) => ({
      name,
      user: user && {
        ...user,
        tokenFile: fix(user.tokenFile),
        'client-certificate': fix(user['client-certificate']),
        'client-key': fix(user['client-key']),
        exec: user.exec && {
          ...user.exec,
          command: /[/\\]/.test(user.exec.command) ? toAbsolute(user.exec.command) : user.exec.command,
        },
      },
    })),
  };
}
