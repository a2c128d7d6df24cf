import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadAllYaml } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';

const FOLDER = resolve(import.meta.dirname, '../../../infra/rbac');

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly { readonly name: string; readonly namespace: string }[];
  readonly spec?: {
    readonly policyName?: string;
    readonly matchConditions?: readonly { readonly expression: string }[];
  };
}

async function manifestsIn(file: string): Promise<readonly Manifest[]> {
  return loadAllYaml(await readFile(resolve(FOLDER, file), 'utf8')) as readonly Manifest[];
}

function ofKind(manifests: readonly Manifest[], kind: string): Manifest {
  return manifests.find((manifest) => manifest.kind === kind)!;
}

describe('the rights in a cluster', () => {
  it('are the four that the client asks for', async () => {
    const { rules = [] } = ofKind(await manifestsIn('collector.yml'), 'ClusterRole');
    const rights = rules.flatMap(({ resources, verbs }) =>
      resources.flatMap((of) => verbs.map((verb) => `${verb} ${of}`)),
    );

    expect(rights.sort()).toEqual(['get nodes/proxy', 'list namespaces', 'list nodes', 'list pods']);
  });

  it('belong to the service account that the policy binds', async () => {
    const manifests = await manifestsIn('collector.yml');
    const account = ofKind(manifests, 'ServiceAccount').metadata;
    const binding = ofKind(manifests, 'ClusterRoleBinding');
    const policies = await manifestsIn('summary-only.yml');
    const policy = ofKind(policies, 'ValidatingAdmissionPolicy');

    expect(binding.subjects).toMatchObject([{ name: account.name, namespace: account.namespace }]);
    expect(binding.roleRef?.name).toBe(ofKind(manifests, 'ClusterRole').metadata.name);
    expect(policy.spec?.matchConditions?.[0]?.expression).toContain(
      `'system:serviceaccount:${account.namespace}:${account.name}'`,
    );
    expect(ofKind(policies, 'ValidatingAdmissionPolicyBinding').spec?.policyName).toBe(policy.metadata.name);
  });
});
