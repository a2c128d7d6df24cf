import { type ClusterIdentity, impersonation, isIdentity } from './identity.ts';
import type { Manifest } from './manifest.ts';

export const POLICY = 'heapless-summary-only';
const ADMISSION = 'admissionregistration.k8s.io/v1';

/**
 * The policy that pins an identity's way through the node proxy to `/stats/summary`, and its binding.
 *
 * `get nodes/proxy` alone reaches every path of every kubelet; exec is one of them, as a WebSocket is opened by a GET.
 * A proxied request is an admission of CONNECT whose object is a NodeProxyOptions: `path` is what follows `/proxy` in the URL,
 * decoded once, before the proxy cleans it, and no query can replace it. The query itself is not in it.
 * Sources: k8s.io/apiserver endpoints/handlers getRequestOptions and ConnectResource; kubernetes registry/core/node/rest ProxyREST.
 */
export function summaryPolicy(identity: ClusterIdentity): readonly Manifest[] {
  return [
    {
      comment: [
        'Pins the collector to /stats/summary in the node proxy, because `get nodes/proxy` alone reaches exec.',
        'Equality, not a prefix: the proxy cleans `..` only afterwards. A colon in the name would choose scheme or port.',
        'Needs Kubernetes 1.30. Without it do not grant nodes/proxy to anybody whom you would not give a shell. To see it work:',
        `  kubectl get --raw /api/v1/nodes/NODE/proxy/healthz ${impersonation(identity)}         must be refused by it`,
        `  kubectl get --raw /api/v1/nodes/NODE/proxy/stats/summary ${impersonation(identity)}   must answer`,
      ].join('\n'),
      object: {
        apiVersion: ADMISSION,
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: POLICY },
        spec: {
          failurePolicy: 'Fail',
          matchConstraints: {
            resourceRules: [
              { apiGroups: [''], apiVersions: ['v1'], operations: ['CONNECT'], resources: ['nodes/proxy'] },
            ],
          },
          matchConditions: [{ name: 'is-the-collector', expression: isIdentity(identity) }],
          validations: [
            {
              expression: "object.path == '/stats/summary'",
              message: 'the collector may only read /stats/summary through the node proxy',
              reason: 'Forbidden',
            },
            {
              expression: "!request.name.contains(':')",
              message: 'the collector must name the node alone, without scheme and port',
              reason: 'Forbidden',
            },
          ],
        },
      },
    },
    {
      object: {
        apiVersion: ADMISSION,
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: POLICY },
        spec: { policyName: POLICY, validationActions: ['Deny'] },
      },
    },
  ];
}
