import { CelError, compileCel } from './cel.ts';
import type { SimUser } from './rbac.ts';
import type { AdmissionPolicy, AdmissionPolicyBinding, RightsManifest } from './rights-manifests.ts';

/** A CONNECT as it is admitted: `path` of the NodeProxyOptions is absent when it is empty. */
export interface ConnectRequest {
  readonly user: SimUser;
  readonly resource: string;
  readonly name: string;
  readonly path: string;
}

export interface Denial {
  readonly message: string;
  readonly reason: string;
  readonly code: number;
}

const CODES: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  Invalid: 422,
  RequestEntityTooLarge: 413,
};
const VARIABLES = ['object', 'oldObject', 'request'];

/** Evaluates the bound ValidatingAdmissionPolicies. Compiles them at once: what does not compile is an error of the manifest. */
export function createAdmission(manifests: readonly RightsManifest[]): (request: ConnectRequest) => Denial | undefined {
  const policies = manifests
    .filter((one): one is AdmissionPolicy => one.kind === 'ValidatingAdmissionPolicy')
    .map((policy) => ({
      policy,
      conditions: policy.spec.matchConditions.map(({ expression }) => compileCel(expression, VARIABLES)),
      validations: policy.spec.validations.map((one) => ({ ...one, program: compileCel(one.expression, VARIABLES) })),
    }));
  const bindings = manifests.filter(
    (one): one is AdmissionPolicyBinding => one.kind === 'ValidatingAdmissionPolicyBinding',
  );

  return (asked) => {
    const scope = scopeOf(asked);
    for (const binding of bindings) {
      const found = policies.find(({ policy }) => policy.metadata.name === binding.spec.policyName);
      if (found === undefined || !matches(found.policy, asked.resource)) continue;
      const { policy, conditions, validations } = found;
      const deny = (said: string, reason: string): Denial => ({
        message: `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${said}`,
        reason,
        code: CODES[reason] ?? 422,
      });
      const met = conditions.map((condition) => condition.run(scope));
      if (met.includes(false)) continue;
      const failed = met.find((one) => one instanceof CelError);
      if (failed !== undefined) {
        if (policy.spec.failurePolicy === 'Ignore') continue;
        return deny(failed.message, 'Invalid');
      }
      for (const { program, expression, message, reason } of validations) {
        const result = program.run(scope);
        if (result === true) continue;
        if (result === false) return deny(message, reason);
        if (policy.spec.failurePolicy === 'Ignore') continue;
        return deny(`expression '${expression}' resulted in error: ${result.message}`, 'Invalid');
      }
    }
    return undefined;
  };
}

function matches({ spec }: AdmissionPolicy, resource: string): boolean {
  return spec.matchConstraints.resourceRules.some(
    ({ apiGroups, apiVersions, operations, resources }) =>
      (apiGroups.includes('') || apiGroups.includes('*')) &&
      (apiVersions.includes('v1') || apiVersions.includes('*')) &&
      (operations.includes('CONNECT') || operations.includes('*')) &&
      resources.includes(resource),
  );
}

function scopeOf({ user, resource, name, path }: ConnectRequest): Readonly<Record<string, unknown>> {
  const [main, subResource] = resource.split('/');
  return {
    object: { kind: 'NodeProxyOptions', apiVersion: 'v1', metadata: {}, ...(path !== '' && { path }) },
    oldObject: null,
    request: {
      operation: 'CONNECT',
      name,
      userInfo: { username: user.username, groups: user.groups },
      resource: { group: '', version: 'v1', resource: main },
      subResource,
    },
  };
}
