import { loadAllYaml, loadYaml } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { kustomizeFiles } from '../../../../infra/rbac/kustomize-files.ts';
import { rbacFiles } from '../../../../infra/rbac/rbac-files.ts';
import { rbacManifests } from '../../../../infra/rbac/rbac-manifests.ts';
import { renderManifests, renderYaml } from '../../../../infra/rbac/render-yaml.ts';
import { RIGHTS_ROUTES, type RightsRoute } from '../../../../shared/kube/route-rights.ts';

const GROUP = { kind: 'group', name: 'heapless-collectors' } as const;
const ACCOUNT = { kind: 'serviceaccount', namespace: 'heapless', name: 'collector' } as const;

interface Read {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

function readBack(route: RightsRoute): readonly Read[] {
  const manifests = rbacManifests({ route, identity: GROUP, token: false });
  return loadAllYaml(renderManifests(manifests)) as readonly Read[];
}

describe('the rights of a route', () => {
  it.each([
    ['proxy', ['get nodes/proxy']],
    ['direct', ['get nodes/stats']],
    ['metrics-api', ['list nodes.metrics.k8s.io', 'list pods.metrics.k8s.io']],
  ] as const)('of %s are the three lists and its own, and no more', (route, own) => {
    const role = readBack(route).find(({ kind }) => kind === 'ClusterRole');
    const rights = (role?.rules ?? []).flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((of) => verbs.map((verb) => `${verb} ${of}${group === '' ? '' : `.${group}`}`)),
      ),
    );

    expect(rights.sort()).toEqual([...own, 'list namespaces', 'list nodes', 'list pods'].sort());
  });

  it('come after the policy that bounds them, which only the node proxy needs', () => {
    const kinds = RIGHTS_ROUTES.map((route) => readBack(route).map(({ kind }) => kind));

    expect(kinds).toEqual([
      ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'ClusterRole', 'ClusterRoleBinding'],
      ['ClusterRole', 'ClusterRoleBinding'],
      ['ClusterRole', 'ClusterRoleBinding'],
    ]);
  });

  it('bring a service account along, and its lasting token only when asked', () => {
    const kinds = (token: boolean) =>
      rbacManifests({ route: 'direct', identity: ACCOUNT, token }).map(({ object }) => object.kind);

    expect(kinds(false)).toEqual(['Namespace', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding']);
    expect(kinds(true)).toContain('Secret');
  });
});

describe('the YAML of manifests', () => {
  it.each(RIGHTS_ROUTES)('reads back as what it was made from: %s', (route) => {
    const manifests = rbacManifests({ route, identity: ACCOUNT, token: true });

    expect(loadAllYaml(renderManifests(manifests))).toEqual(manifests.map(({ object }) => object));
  });

  it('quotes what would be read as something else', () => {
    const value = {
      texts: ['true', 'No', '~', '1.5', '0x1', '- a', 'a: b', 'a #b', ' a', 'a ', '', "it's", '"q"', 'a\nb', '*', '!x'],
      long: ['x'.repeat(50), 'y: z'],
      nested: [{ a: [{ b: 1, c: true }], d: {} }],
      yes: 'null',
    };

    expect(loadYaml(renderYaml({ ...value, nested: [{ a: [{ b: 1, c: true }] }] }))).toEqual({
      ...value,
      nested: [{ a: [{ b: 1, c: true }] }],
    });
  });

  it('has no form for what is no plain value', () => {
    expect(() => renderYaml({ a: null })).toThrow(TypeError);
    expect(() => renderYaml({ a: {} })).toThrow(TypeError);
  });
});

describe('the files of rights', () => {
  it('are one for each route, group and service account, and a Kustomize tree', () => {
    expect([...rbacFiles().keys()].filter((path) => !path.includes('kustomize')).sort()).toEqual([
      'infra/rbac/direct.yml',
      'infra/rbac/metrics-api.yml',
      'infra/rbac/proxy.yml',
      'infra/rbac/service-account/direct.yml',
      'infra/rbac/service-account/metrics-api.yml',
      'infra/rbac/service-account/proxy.yml',
    ]);
  });

  it.each(RIGHTS_ROUTES)('are the same by Kustomize: base and overlay of %s make up the plain file', (route) => {
    const files = kustomizeFiles(GROUP, false);
    const base = loadAllYaml(files.get('base/collector.yaml') ?? '') as Read[];
    const patch = loadYaml<{ op: string; path: string; value: never }[]>(
      files.get(`overlays/${route}/rights.yaml`) ?? '',
    );
    const more = loadAllYaml(files.get(`overlays/${route}/summary-only.yaml`) ?? '') as Read[];
    const patched = base.map((one) =>
      one.kind === 'ClusterRole' ? { ...one, rules: [...(one.rules ?? []), ...patch.map(({ value }) => value)] } : one,
    );

    expect(patch.every(({ op, path }) => op === 'add' && path === '/rules/-')).toBe(true);
    expect(byKind([...more, ...patched])).toEqual(byKind(readBack(route)));
  });
});

function byKind(objects: readonly Read[]): Readonly<Record<string, Read>> {
  return Object.fromEntries(objects.map((one) => [`${one.kind} ${one.metadata.name}`, one]));
}
