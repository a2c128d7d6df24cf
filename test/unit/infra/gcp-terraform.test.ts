import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PLATFORM_VARIABLES } from '../../../shared/config/flags.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const MAIN = read('infra/gcp/main.tf') + read('infra/gcp/monitoring.tf');
const VARIABLES = read('infra/gcp/variables.tf');
const SCRIPT = read('infra/gcp/deploy.sh');
const OURS = PLATFORM_VARIABLES.filter((name) => name.startsWith('HEAPLESS_GCP_')).sort();

/** Distinct matches of a pattern's first group, sorted. */
function all(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))].sort();
}

describe('the Terraform of Google Cloud', () => {
  it('sets each variable that the functions read, and no other', () => {
    const code = readdirSync(join(ROOT, 'functions/gcp'))
      .map((file) => read(`functions/gcp/${file}`))
      .join('\n');

    expect(all(MAIN, /\b(HEAPLESS_GCP_\w+)\s*=/g)).toEqual(OURS);
    expect(all(code, /\b(HEAPLESS_GCP_\w+)\b/g)).toEqual(OURS);
    expect(MAIN).toMatch(/HEAPLESS_STATE\s+= "gs:/);
  });

  it('has the entry points of the code', () => {
    const functions = all(read('functions/gcp/app.ts'), /http\('(\w+)'/g);
    const declared = /functions = toset\(\[([^\]]+)\]\)/.exec(MAIN)?.[1] ?? '';

    expect(all(declared, /"(\w+)"/g)).toEqual(functions);
  });

  it('gives the least roles, each with a reason', () => {
    expect(all(MAIN, /role\s+= "([^"]+)"/g)).toEqual([
      'roles/container.clusterViewer',
      'roles/monitoring.metricWriter',
      'roles/run.invoker',
      'roles/secretmanager.secretAccessor',
      'roles/storage.objectUser',
    ]);
    expect(MAIN).not.toMatch(/allUsers|allAuthenticatedUsers/);
    expect(MAIN).toMatch(/retry_count = 0/);
  });

  it('declares the variables that it uses, and uses those that it declares', () => {
    expect(all(MAIN, /\bvar\.(\w+)/g)).toEqual(all(VARIABLES, /^variable "(\w+)"/gm));
  });

  it('uses no resource that it does not declare', () => {
    const declared = [...MAIN.matchAll(/^resource "(\w+)" "(\w+)"/gm)].map(([, type, name]) => `${type}.${name}`);
    const used = all(MAIN, /(?<!["\w.])(google_\w+\.\w+)/g);

    expect(used.filter((one) => !declared.includes(one))).toEqual([]);
  });

  it('is written as terraform fmt writes it', ({ skip }) => {
    const { status, error, stdout } = spawnSync('terraform', ['fmt', '-check', '-diff', join(ROOT, 'infra/gcp')], {
      encoding: 'utf8',
    });
    if (error !== undefined) skip('terraform is not installed');

    expect([status, stdout]).toEqual([0, '']);
  });
});

describe('the gcloud script', () => {
  it('does what Terraform does: variables, roles, times, memory', () => {
    expect(all(SCRIPT, /(HEAPLESS_GCP_[A-Z_]+): /g)).toEqual(OURS);
    expect(all(SCRIPT, /\b(roles\/[\w.]+)/g)).toEqual(all(MAIN, /role\s+= "([^"]+)"/g));
    for (const [name, caller] of [
      ['tick', 'scheduler'],
      ['scrape', 'tick'],
      ['reduce', 'tick'],
    ]) {
      const timeout = new RegExp(`timeout = \\{[^}]*${name} = (\\d+)`).exec(MAIN)?.[1];
      const memory = new RegExp(`memory\\s+= \\{[^}]*${name} = "(\\w+)"`).exec(MAIN)?.[1];

      expect(SCRIPT).toMatch(new RegExp(`^deploy ${name} ${caller} ${timeout} ${memory} `, 'm'));
    }
  });

  it.each([
    [[], 'say --project PROJECT and --region REGION'],
    [['--project', 'acme', '--region', 'europe-west1', '--name', 'X'], '--name must be 3 to 19'],
    [['--project', 'acme', '--region', 'europe-west1', '--schedule', '* *'], '--schedule must have five fields'],
    [['--project', 'acme', '--region', 'europe-west1'], 'HEAPLESS_SOURCE is not set'],
    [['--project', 'acme', '--region', 'europe-west1', '--notify', 'me@acme.com'], '--notify must be ids of channels'],
    [['--project', 'acme', '--region', 'europe-west1', '--budget', 'much'], '--budget must be a whole number'],
    [['--nope'], 'unknown option --nope'],
  ])('refuses %o before it makes anything', (args, said) => {
    const env = { PATH: process.env['PATH'] ?? '' };
    const { status, stderr } = spawnSync('bash', [join(ROOT, 'infra/gcp/deploy.sh'), ...args], {
      encoding: 'utf8',
      env,
    });

    expect(status).toBe(2);
    expect(stderr).toContain(said);
  });
});
