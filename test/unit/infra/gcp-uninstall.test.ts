import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logMetrics } from '../../../infra/gcp/deployment-alarms.ts';

const SCRIPT = resolve(import.meta.dirname, '../../../infra/gcp/uninstall.sh');
const ROLES = ['roles/monitoring.metricWriter', 'roles/container.clusterViewer'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heapless-gcloud-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the script with a `gcloud` that writes down what it is asked. `behave` is more of its shell text. */
function uninstall(
  args: readonly string[],
  behave = '',
): { readonly status: number | null; readonly said: string; readonly calls: readonly string[] } {
  const log = join(folder, 'calls');
  writeFileSync(log, '');
  const gcloud = join(folder, 'gcloud');
  writeFileSync(
    gcloud,
    `#!/bin/sh\necho "$*" >> '${log}'\n${behave}\ncase "$*" in *get-iam-policy*tick@*) printf '%s\\n' ${ROLES.join(' ')} ;; *'policies list'*) echo projects/acme/alertPolicies/1 ;; *'dashboards list'*) echo projects/1/dashboards/2 ;; esac\nexit 0\n`,
  );
  chmodSync(gcloud, 0o755);
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}` };
  const { status, stdout, stderr } = spawnSync('bash', [SCRIPT, ...args], { env, encoding: 'utf8', timeout: 20_000 });
  const calls = readFileSync(log, 'utf8')
    .split('\n')
    .map((line) => line.replace('--quiet --project acme ', ''));
  return { status, said: stdout + stderr, calls };
}

const PLACE = ['--project', 'acme', '--region', 'europe-west1'];

describe('uninstalling from Google Cloud', () => {
  it('removes all that deploy.sh makes: alarms first, then the schedule', () => {
    const { status, calls } = uninstall(PLACE);

    const removals = calls.filter((call) => / (delete|rm|remove-iam-policy-binding) /.test(call));
    expect(status).toBe(0);
    expect(removals).toEqual([
      'alpha monitoring policies delete projects/acme/alertPolicies/1',
      'monitoring dashboards delete projects/1/dashboards/2',
      ...logMetrics('heapless').map(({ name }) => `logging metrics delete ${name}`),
      'scheduler jobs delete heapless-tick --location europe-west1',
      ...['tick', 'scrape', 'reduce'].map((name) => `functions delete heapless-${name} --gen2 --region europe-west1`),
      'storage rm --recursive gs://acme-heapless-state',
      'iam service-accounts delete heapless-scheduler@acme.iam.gserviceaccount.com',
      ...ROLES.map(
        (role) =>
          `projects remove-iam-policy-binding acme --member serviceAccount:heapless-tick@acme.iam.gserviceaccount.com --role ${role} --all`,
      ),
      ...['tick', 'scrape', 'reduce'].map(
        (who) => `iam service-accounts delete heapless-${who}@acme.iam.gserviceaccount.com`,
      ),
    ]);
  });

  it('has nothing to do where nothing is', () => {
    const { status, calls } = uninstall(PLACE, 'case "$*" in *" describe "*) exit 1 ;; *" list "*) exit 0 ;; esac');

    expect(status).toBe(0);
    expect(calls.filter((call) => call.includes(' delete '))).toEqual([]);
  });

  it('tells what it could not remove, goes on, and fails', () => {
    const { status, said, calls } = uninstall(PLACE, 'case "$*" in *"storage rm"*) exit 1 ;; esac');

    expect(status).toBe(1);
    expect(said).toContain('NOT removed: state gs://acme-heapless-state');
    expect(calls.some((call) => call.startsWith('iam service-accounts delete heapless-reduce'))).toBe(true);
  });

  it.each([
    [[], /say --project PROJECT and --region REGION/],
    [['--project'], /--project needs a value/],
    [[...PLACE, '--name', 'X'], /--name must be 3 to 19 lower-case letters/],
    [[...PLACE, '--force'], /unknown option --force/],
  ])('refuses %j', (args, says) => {
    const { status, said } = uninstall(args);

    expect(status).toBe(2);
    expect(said).toMatch(says);
  });
});
