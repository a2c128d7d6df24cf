import { HeaplessError } from '../core/errors.ts';
import * as z from '../core/zod.ts';

const TEXT = z.nullish(z.string());

const EXEC = z.object({
  apiVersion: z.string(),
  command: z.string().check(z.minLength(1)),
  args: z.nullish(z.array(z.string())),
  env: z.nullish(z.array(z.object({ name: z.string(), value: z.string() }))),
  installHint: TEXT,
  provideClusterInfo: z.nullish(z.boolean()),
  interactiveMode: TEXT,
});

const USER = z.object({
  token: TEXT,
  tokenFile: TEXT,
  'client-certificate': TEXT,
  'client-certificate-data': TEXT,
  'client-key': TEXT,
  'client-key-data': TEXT,
  username: TEXT,
  password: TEXT,
  as: TEXT,
  'as-uid': TEXT,
  'as-groups': z.nullish(z.array(z.string())),
  'as-user-extra': z.nullish(z.record(z.string(), z.unknown())),
  'auth-provider': z.nullish(z.object({ name: z.string(), config: z.nullish(z.record(z.string(), z.unknown())) })),
  exec: z.nullish(EXEC),
});

const CLUSTER = z.object({
  server: z.string(),
  'certificate-authority': TEXT,
  'certificate-authority-data': TEXT,
  'insecure-skip-tls-verify': z.nullish(z.boolean()),
  'tls-server-name': TEXT,
  'proxy-url': TEXT,
});

/** The parts of a kubeconfig that are read here; everything else passes. Source: client-go clientcmd/api/v1 types. */
const KUBECONFIG = z.object({
  'current-context': TEXT,
  contexts: z.nullish(z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: TEXT }) }))),
  clusters: z.nullish(z.array(z.object({ name: z.string(), cluster: CLUSTER }))),
  users: z.nullish(z.array(z.object({ name: z.string(), user: z.nullish(USER) }))),
});

export type KubeconfigDocument = z.output<typeof KUBECONFIG>;
export type KubeconfigUser = z.output<typeof USER>;
export type KubeconfigCluster = z.output<typeof CLUSTER>;
export type ExecSettings = z.output<typeof EXEC>;

/**
 * A kubeconfig from its text, YAML or JSON. Throws `HeaplessError` (code `cluster_kubeconfig`) that says where it is
 * wrong and quotes nothing of it: YAML errors would print the lines around, tokens and keys among them.
 */
export function parseKubeconfig(text: string, shown: string, loadYaml: (text: string) => unknown): KubeconfigDocument {
  let raw: unknown;
  try {
    raw = loadYaml(text);
  } catch (error) {
    const { reason, mark } = error as { readonly reason?: unknown; readonly mark?: { readonly line?: unknown } };
    const line = typeof mark?.line === 'number' ? `line ${mark.line + 1}: ` : '';
    const said = typeof reason === 'string' ? reason.replaceAll(/"[^"]*"|'[^']*'|<[^>]*>/g, '…') : 'not YAML';
    throw new HeaplessError(`kubeconfig ${shown} is not valid YAML: ${line}${said}`, { code: 'cluster_kubeconfig' });
  }
  const result = KUBECONFIG.safeParse(raw);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 3).map((issue) => `${pathText(issue.path)}${issue.message}`);
  throw new HeaplessError(`kubeconfig ${shown} is not valid: ${issues.join('; ')}`, { code: 'cluster_kubeconfig' });
}

/** `clusters[0].cluster.server: `, or nothing for the document itself. */
function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? '' : `${text.replace(/^\./, '')}: `;
}

/** What a context of a kubeconfig selects. */
export interface SelectedContext {
  readonly cluster: KubeconfigCluster;
  readonly userName: string;
  readonly user: KubeconfigUser;
}

/** Finds a context, its cluster and its user. Throws `HeaplessError` that names what is missing and what is there. */
export function selectContext(
  document: KubeconfigDocument,
  context: string | undefined,
  shown: string,
): SelectedContext {
  const fail = (problem: string): never => {
    throw new HeaplessError(`kubeconfig ${shown} ${problem}`, { code: 'cluster_kubeconfig' });
  };
  const names = (list: readonly { readonly name: string }[] | null | undefined): string =>
    list?.map((entry) => entry.name).join(', ') || 'none';
  const name = context || document['current-context'] || undefined;
  if (name === undefined) return fail(`has no current-context; give context=, one of: ${names(document.contexts)}`);
  const selected = document.contexts?.find((entry) => entry.name === name)?.context;
  if (selected === undefined) return fail(`has no context "${name}"; there are: ${names(document.contexts)}`);
  const cluster = document.clusters?.find((entry) => entry.name === selected.cluster)?.cluster;
  if (cluster === undefined) {
    return fail(`has no cluster "${selected.cluster}" of context "${name}"; there are: ${names(document.clusters)}`);
  }
  const userName = selected.user ?? '';
  const user = document.users?.find((entry) => entry.name === userName);
  if (user === undefined && userName !== '') {
    return fail(`has no user "${userName}" of context "${name}"; there are: ${names(document.users)}`);
  }
  return { cluster, userName, user: user?.user ?? USER.parse({}) };
}
