import { spawn } from 'node:child_process';
import { HeaplessError } from '../core/errors.ts';
import type { Millis } from '../core/units.ts';
import * as z from '../core/zod.ts';
import type { ExecSettings, KubeconfigCluster } from './kubeconfig-document.ts';

const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const MAX_OUTPUT = 1_048_576;
const MAX_ERROR = 256;

/** Longest time for a plugin: `aws` and `gcloud` on a cold machine need some seconds. */
export const PLUGIN_TIMEOUT: Millis = 30_000;

const CREDENTIAL = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.string(),
  status: z.object({
    token: z.nullish(z.string()),
    clientCertificateData: z.nullish(z.string()),
    clientKeyData: z.nullish(z.string()),
    expirationTimestamp: z.nullish(z.iso.datetime({ offset: true })),
  }),
});

export type ExecCredential = z.output<typeof CREDENTIAL>['status'];

export interface ExecPlugin {
  readonly settings: ExecSettings;
  readonly cluster: KubeconfigCluster;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeout: Millis;
}

function fail(problem: string, cause?: unknown): never {
  throw new HeaplessError(problem, { code: 'cluster_plugin', cause });
}

/**
 * Runs a kubeconfig's exec plugin once and returns its credential. Throws `HeaplessError` (code `cluster_plugin`).
 * Not client-node's runner: that one has no time limit, no output limit, leaves standard input open so that a plugin that
 * asks waits for ever, passes no KUBERNETES_EXEC_INFO, and throws all of standard error.
 * Source: client.authentication.k8s.io/v1.
 */
export async function runExecPlugin(plugin: ExecPlugin): Promise<ExecCredential> {
  const { settings } = plugin;
  const name = `exec plugin "${settings.command}"`;
  if (!VERSIONS.includes(settings.apiVersion)) {
    fail(`${name} speaks ${settings.apiVersion}; it must be one of ${VERSIONS.join(', ')}`);
  }
  if (settings.interactiveMode === 'Always')
    fail(`${name} needs a terminal (interactiveMode: Always), and there is none`);
  const output = await runCommand(plugin, name);
  let raw: unknown;
  try {
    raw = JSON.parse(output);
  } catch {
    fail(`${name} printed no JSON`);
  }
  const parsed = CREDENTIAL.safeParse(raw);
  if (!parsed.success) {
    fail(`${name} printed no ExecCredential: ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}`);
  }
  const { apiVersion, status } = parsed.data;
  if (apiVersion !== settings.apiVersion) fail(`${name} answered in ${apiVersion}, not in ${settings.apiVersion}`);
  const hasCertificate = Boolean(status.clientCertificateData);
  if (hasCertificate !== Boolean(status.clientKeyData))
    fail(`${name} gave a client certificate without key, or the reverse`);
  if (!hasCertificate && !status.token) fail(`${name} gave neither a token nor a client certificate`);
  return status;
}

/** What the plugin may know of the cluster, as kubectl tells it. */
function execInfo({ settings, cluster }: ExecPlugin): string {
  const info = {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'] ?? undefined,
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'] ?? undefined,
    'certificate-authority-data': cluster['certificate-authority-data'] ?? undefined,
  };
  const spec = { interactive: false, ...(settings.provideClusterInfo === true ? { cluster: info } : {}) };
  return JSON.stringify({ kind: 'ExecCredential', apiVersion: settings.apiVersion, spec });
}

async function runCommand(plugin: ExecPlugin, name: string): Promise<string> {
  const { settings } = plugin;
  const own = Object.fromEntries((settings.env ?? []).map((entry) => [entry.name, entry.value]));
  const env = { ...plugin.env, ...own, KUBERNETES_EXEC_INFO: execInfo(plugin) };
  const child = spawn(settings.command, settings.args ?? [], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const { promise, resolve: done, reject } = Promise.withResolvers<string>();
  const output: Buffer[] = [];
  let errors = '';
  let size = 0;
  const stop = (problem: string, cause?: unknown): void => {
    child.kill('SIGKILL');
    child.stdout.destroy();
    child.stderr.destroy();
    reject(new HeaplessError(problem, { code: 'cluster_plugin', cause }));
  };
  const timer = setTimeout(() => stop(`${name} gave no answer within ${plugin.timeout / 1_000} s`), plugin.timeout);
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_OUTPUT) stop(`${name} printed more than ${MAX_OUTPUT} bytes`);
    else output.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (errors.length < 4 * MAX_ERROR) errors += chunk.toString('utf8');
  });
  child.on('error', (error: NodeJS.ErrnoException) => {
    const advice = settings.installHint ? `; ${settings.installHint.trim().split('\n', 1)[0]}` : '';
    stop(
      error.code === 'ENOENT' ? `${name} is not found${advice}` : `${name} cannot be started (${error.code})`,
      error,
    );
  });
  child.on('close', (code, signal) => {
    if (code === 0) done(Buffer.concat(output).toString('utf8'));
    else stop(`${name} failed (${signal ?? `exit code ${code}`})${quoteErrors(errors, Object.values(own))}`);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** The start of what the plugin said on standard error, without what may be a secret: its variables, long tokens. */
function quoteErrors(text: string, secrets: readonly string[]): string {
  let said = text.trim().replaceAll(/\s+/g, ' ');
  for (const secret of secrets) if (secret.length > 3) said = said.replaceAll(secret, '***');
  said = said.replaceAll(/[\w.+=-]{32,}/g, '***').slice(0, MAX_ERROR);
  return said === '' ? '' : `: ${said}`;
}
