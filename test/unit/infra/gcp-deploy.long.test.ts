import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = resolve(import.meta.dirname, '../../../infra/gcp/deploy.sh');
const CHANNEL = 'projects/acme/notificationChannels/1';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heapless-gcloud-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the script with a `gcloud` that writes down what it is asked. `behave` is its shell text. */
function deploy(
  args: readonly string[],
  behave: string,
): { readonly status: number | null; readonly said: string; readonly calls: readonly string[] } {
  const log = join(folder, 'calls');
  writeFileSync(log, '');
  const gcloud = join(folder, 'gcloud');
  writeFileSync(gcloud, `#!/bin/sh\necho "$*" >> '${log}'\n${behave}\nexit 0\n`);
  chmodSync(gcloud, 0o755);
  const { status, stdout, stderr } = spawnSync(
    'bash',
    [SCRIPT, '--project', 'acme', '--region', 'europe-west1', ...args],
    {
      env: {
        PATH: `${folder}${delimiter}${process.env['PATH']}`,
        HEAPLESS_SOURCE: 'kubernetes.summary_api:gke://acme/europe-west1/prod',
        HEAPLESS_SINK: 'stackdriver:?levels=cluster',
      },
      encoding: 'utf8',
      timeout: 120_000,
    },
  );
  const calls = readFileSync(log, 'utf8')
    .split('\n')
    .map((line) => line.replace('--quiet --project acme ', '').replace(/\S+\/monitoring\//, ''));
  return { status, said: stdout + stderr, calls };
}

const EMPTY = 'case "$*" in *" describe "*) case "$*" in *"projects describe"*) echo 123 ;; *) exit 1 ;; esac ;; esac';

describe('deploying to Google Cloud', () => {
  it('makes functions, schedule, dashboards and alarms; what cannot be watched yet is told', () => {
    const { status, said, calls } = deploy(
      ['--notify', CHANNEL],
      `${EMPTY}\ncase "$*" in *create*alarm-incomplete.json) exit 1 ;; esac`,
    );
    const made = (what: string): readonly string[] => calls.filter((call) => call.startsWith(what));

    expect([status, said]).toEqual([0, expect.stringContaining('no alarm incomplete yet: deploy again')]);
    expect(made('functions deploy').length).toBe(3);
    expect(made('scheduler jobs create').length).toBe(1);
    expect(made('monitoring dashboards create').map((call) => call.split(' ').at(-1))).toEqual([
      'dashboard-cluster.json',
      'dashboard-fleet.json',
    ]);
    expect(made('logging metrics create').length).toBe(3);
    expect(made('alpha monitoring policies create').map((call) => call.split(' ').at(-1))).toEqual([
      ...['failed-ticks', 'incomplete', 'lost-points', 'missing-ticks', 'nodes-down', 'waiting-points'].map(
        (id) => `alarm-${id}.json`,
      ),
    ]);
  });

  it('puts what it made before in order, and makes nothing twice', () => {
    const { status, calls } = deploy(
      ['--notify', CHANNEL],
      'case "$*" in *" list "*) echo projects/acme/old ;; *"projects describe"*) echo 123 ;; esac',
    );

    expect(status).toBe(0);
    expect(calls.filter((call) => /(policies|metrics) create/.test(call))).toEqual([]);
    expect(calls.filter((call) => call.startsWith('alpha monitoring policies update projects/acme/old')).length).toBe(
      6,
    );
    expect(calls.filter((call) => call.startsWith('logging metrics update')).length).toBe(3);
    // A dashboard has a version; it is replaced.
    const boards = calls.filter((call) => / dashboards (delete|create) /.test(` ${call}`));
    expect(boards.map((call) => call.split(' ')[2])).toEqual(['delete', 'create', 'delete', 'create']);
  });

  it('watches nothing without somebody to tell', () => {
    const { status, calls } = deploy([], EMPTY);

    expect(status).toBe(0);
    expect(calls.filter((call) => /policies|logging metrics/.test(call))).toEqual([]);
  });
});
