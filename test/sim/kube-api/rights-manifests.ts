import { readFileSync } from 'node:fs';
import { loadAllYaml } from '@kubernetes/client-node';
import * as z from 'zod';

/** The manifests that the simulator understands. Strict: a field that it would not honour is an error. */
const metadata = z.strictObject({
  name: z.string(),
  namespace: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const names = z.array(z.string()).min(1);
const rbac = z.literal('rbac.authorization.k8s.io/v1');
const admission = z.literal('admissionregistration.k8s.io/v1');

const rule = z.union([
  z.strictObject({ apiGroups: names, resources: names, verbs: names, resourceNames: names.optional() }),
  z.strictObject({ nonResourceURLs: names, verbs: names }),
]);
const subject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ServiceAccount'), name: z.string(), namespace: z.string() }),
  z.strictObject({
    kind: z.enum(['User', 'Group']),
    apiGroup: z.literal('rbac.authorization.k8s.io'),
    name: z.string(),
  }),
]);
const clusterRole = z.strictObject({
  apiVersion: rbac,
  kind: z.literal('ClusterRole'),
  metadata,
  rules: z.array(rule),
});
const clusterRoleBinding = z.strictObject({
  apiVersion: rbac,
  kind: z.literal('ClusterRoleBinding'),
  metadata,
  roleRef: z.strictObject({
    apiGroup: z.literal('rbac.authorization.k8s.io'),
    kind: z.literal('ClusterRole'),
    name: z.string(),
  }),
  subjects: z.array(subject).min(1),
});
const policy = z.strictObject({
  apiVersion: admission,
  kind: z.literal('ValidatingAdmissionPolicy'),
  metadata,
  spec: z.strictObject({
    failurePolicy: z.enum(['Fail', 'Ignore']),
    matchConstraints: z.strictObject({
      resourceRules: z
        .array(
          z.strictObject({
            apiGroups: names,
            apiVersions: names,
            operations: z.array(z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT', '*'])),
            resources: names,
          }),
        )
        .min(1),
    }),
    matchConditions: z.array(z.strictObject({ name: z.string(), expression: z.string() })).default([]),
    validations: z
      .array(
        z.strictObject({
          expression: z.string(),
          message: z.string().refine((text) => !text.includes('\n')),
          reason: z.enum(['Unauthorized', 'Forbidden', 'Invalid', 'RequestEntityTooLarge']).default('Invalid'),
        }),
      )
      .min(1),
  }),
});
const policyBinding = z.strictObject({
  apiVersion: admission,
  kind: z.literal('ValidatingAdmissionPolicyBinding'),
  metadata,
  spec: z.strictObject({ policyName: z.string(), validationActions: z.array(z.literal('Deny')).min(1) }),
});
const account = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ServiceAccount'),
  metadata,
  automountServiceAccountToken: z.boolean().optional(),
});
const namespace = z.strictObject({ apiVersion: z.literal('v1'), kind: z.literal('Namespace'), metadata });
const secret = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Secret'),
  metadata,
  type: z.literal('kubernetes.io/service-account-token'),
});

const manifest = z.discriminatedUnion('kind', [
  clusterRole,
  clusterRoleBinding,
  policy,
  policyBinding,
  account,
  namespace,
  secret,
]);

export type RightsManifest = z.output<typeof manifest>;
export type ClusterRole = z.output<typeof clusterRole>;
export type ClusterRoleBinding = z.output<typeof clusterRoleBinding>;
export type AdmissionPolicy = z.output<typeof policy>;
export type AdmissionPolicyBinding = z.output<typeof policyBinding>;

/** Manifests of a YAML stream. Throws for what the simulator does not know. */
export function parseManifests(yaml: string): readonly RightsManifest[] {
  return z.array(manifest).parse(loadAllYaml(yaml));
}

export function readManifests(path: string): readonly RightsManifest[] {
  return parseManifests(readFileSync(path, 'utf8'));
}

/** What every cluster has from the start, as far as it matters here. Source: kubernetes rbac bootstrappolicy. */
export const BOOTSTRAP = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: "system:basic-user" }
rules:
  - { apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews, selfsubjectrulesreviews], verbs: [create] }
  - { apiGroups: [authentication.k8s.io], resources: [selfsubjectreviews], verbs: [create] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: "system:basic-user" }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:basic-user" }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:authenticated" }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: "system:public-info-viewer" }
rules: [{ nonResourceURLs: [/healthz, /livez, /readyz, /version, /version/], verbs: [get] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: "system:public-info-viewer" }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:public-info-viewer" }
subjects:
  - { apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:authenticated" }
  - { apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:unauthenticated" }
`;
