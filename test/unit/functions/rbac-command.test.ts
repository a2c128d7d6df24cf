import { loadAllYaml } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { main } from '../../../functions/local/main.ts';
import { rbacManifests } from '../../../infra/rbac/rbac-manifests.ts';
import { RIGHTS_ROUTES } from '../../../shared/kube/route-rights.ts';

async function run(...args: readonly string[]): Promise<{ status: number; out: string; error: string }> {
  let out = '';
  let error = '';
  const status = await main(['rbac', ...args], {
    env: {},
    signal: new AbortController().signal,
    color: false,
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      error += text;
    },
  });
  return { status, out, error };
}

const GROUP = ['--identity', 'group:heapless-collectors'] as const;

describe('heapless rbac', () => {
  it.each(RIGHTS_ROUTES)('prints what can be applied for %s, as YAML and as JSON', async (route) => {
    const identity = { kind: 'group', name: 'heapless-collectors' } as const;
    const objects = rbacManifests({ route, identity, token: false }).map(({ object }) => object);

    const yaml = await run('--route', route, ...GROUP);
    const json = await run('--route', route, ...GROUP, '--output', 'json');

    expect([yaml.status, yaml.error]).toEqual([0, '']);
    expect(loadAllYaml(yaml.out)).toEqual(objects);
    expect(JSON.parse(json.out)).toEqual({ apiVersion: 'v1', kind: 'List', items: objects });
  });

  it.each([
    [['--route', 'tunnel', ...GROUP], /Allowed choices are proxy, direct, metrics-api/],
    [['--route', 'proxy', '--identity', 'nobody'], /--identity: "nobody" is no identity; write group:NAME/],
    [['--route', 'proxy'], /required option '--identity/],
    [GROUP, /required option '--route/],
    [['--route', 'proxy', ...GROUP, '--token'], /--token: a group logs in by its cloud/],
  ])('refuses %j and says what is allowed', async (args, problem) => {
    const { status, out, error } = await run(...args);

    expect([status, out]).toEqual([1, '']);
    expect(error).toMatch(problem);
  });
});
