import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** An Azure CLI that knows the commands of our scripts, answers them, and writes down what it was asked; others fail. */
const SCRIPT = `#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$FAKE_AZ/log"
value() { while [ "$#" -gt 1 ]; do [ "$1" = "$name" ] && { printf '%s' "$2"; return; }; shift; done; }
case "$*" in
  'account show'*) [ -z "\${FAKE_LOGGED_OUT:-}" ] || exit 1 ;;
  'group show'*) [ -n "\${FAKE_GROUP_EXISTS:-}" ] || exit 3 ;;
  'group create'* | 'group delete'*) ;;
  'ad app list'*) printf '%s\\n' "\${FAKE_APP_ID:-}" ;;
  'ad app create'*) echo 'aaaaaaaa-1111-4111-8111-111111111111' ;;
  'ad app update'* | 'ad app delete'* | 'ad sp create'*) ;;
  'ad sp show'*) [ -n "\${FAKE_APP_ID:-}" ] || exit 3 ;;
  'deployment group create'*)
    for word in "$@"; do case "$word" in /*.json) cp "$word" "$FAKE_AZ/settings.json" ;; esac; done ;;
  'deployment group show'*)
    [ -z "\${FAKE_NO_DEPLOYMENT:-}" ] || exit 3
    name=--query; value "$@" | sed 's/properties.outputs.\\(.*\\).value/the-\\1/' ;;
  'deployment group delete'*) ;;
  'functionapp deployment source config-zip'*) name=--src; cp "$(value "$@")" "$FAKE_AZ/app.zip" ;;
  'functionapp delete'* | 'storage account delete'* | 'keyvault delete'* | 'keyvault purge'*) ;;
  'role assignment list'*) printf 'role-1\\nrole-2\\n' ;;
  'role assignment delete'* | 'resource delete'*) ;;
  'resource list'*) name=--name; value "$@" ;;
  *) echo "az: '$*' is not known here" >&2; exit 99 ;;
esac
`;

export interface ScriptRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Commands that the CLI was given, without \`az\`. */
  readonly asked: readonly string[];
  /** Settings of the parameter file, if there was one. */
  readonly settings: Readonly<Record<string, string>> | undefined;
  /** Names in the package, if one was uploaded. */
  readonly packaged: readonly string[];
}

/** Runs a script of infra/azure with such a CLI. `env` is the whole environment but for PATH. */
export async function runAzureScript(
  script: 'deploy.sh' | 'uninstall.sh',
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ScriptRun> {
  const folder = await mkdtemp(join(tmpdir(), 'heapless-az-'));
  try {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'az'), SCRIPT);
    await chmod(join(bin, 'az'), 0o755);
    const all = { ...env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, FAKE_AZ: folder, TMPDIR: folder };
    const path = join(ROOT, 'infra/azure', script);
    const { code, stdout, stderr } = await run(path, args, all);
    const settings = await readFile(join(folder, 'settings.json'), 'utf8').catch(() => undefined);
    const listed = await run('zip', ['-sf', join(folder, 'app.zip')], all);
    return {
      code,
      stdout,
      stderr,
      asked: (await readFile(join(folder, 'log'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== ''),
      settings: settings === undefined ? undefined : JSON.parse(settings).parameters.settings.value,
      packaged: [...listed.stdout.matchAll(/^ {2}(\S+)$/gm)].map((match) => match[1] ?? ''),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((done) => {
    execFile(command, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}
