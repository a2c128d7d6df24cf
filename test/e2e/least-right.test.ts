import { resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterConnection } from '../../shared/clusters/connector.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { createKubeletClient } from '../../shared/kube/create-kubelet-client.ts';
import { RIGHTS_ROUTES, ROUTE_RIGHTS } from '../../shared/kube/route-rights.ts';
import { createAuthority } from '../sim/kube-api/certificates.ts';
import { type KubeApi, startKubeApi } from '../sim/kube-api/kube-api-server.ts';
import { startKubelet } from '../sim/kube-api/kubelet-server.ts';
import { type RightsManifest, readManifests } from '../sim/kube-api/rights-manifests.ts';
import { type RawAnswer, rawRequest } from '../support/raw-request.ts';
import { clientOf, MAX_BYTES, valueIn, within } from './kube-client-support.ts';

const FOLDER = resolve(import.meta.dirname, '../../infra/rbac');
const shipped = (file: string): readonly RightsManifest[] => readManifests(`${FOLDER}/${file}.yml`);
const without = (manifests: readonly RightsManifest[], kind: RightsManifest['kind']): readonly RightsManifest[] =>
  manifests.filter((one) => one.kind !== kind);

const OURS = { token: 'ours', username: 'arn:aws:sts::1:assumed-role/tick/x', groups: ['heapless-collectors'] };
const ACCOUNT = { token: 'account', username: 'system:serviceaccount:heapless:collector', groups: [] };
const ADMIN = { token: 'admin', username: 'admin', groups: ['admins'] };
const ADMIN_RIGHTS: readonly RightsManifest[] = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'admin' },
    rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'admin' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
    subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'admins' }],
  },
];
const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'eA==',
};

let api: KubeApi;
beforeAll(async () => {
  api = await startKubeApi({ manifests: [], users: [OURS, ACCOUNT, ADMIN] });
});
afterAll(() => api[Symbol.asyncDispose]());

const connection = (token: string): ClusterConnection => ({
  server: api.url,
  ca: api.ca,
  serverName: undefined,
  insecure: false,
  clientCertificate: undefined,
  authenticate: () => Promise.resolve({ authorization: `Bearer ${token}` }),
});
const get = (path: string, token = OURS.token, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> =>
  rawRequest(api, path, { token, headers });
const node = (): string => api.nodeNames[0] ?? '';

describe.each([
  ['a group', '', OURS.token],
  ['a service account', 'service-account/', ACCOUNT.token],
] as const)('with what is shipped for the node proxy and %s', (_, folder, token) => {
  beforeEach(() => api.setManifests([...shipped(`${folder}proxy`), ...ADMIN_RIGHTS]));

  it('the collector reads all that it needs', async () => {
    const client = clientOf(connection(token));
    using deadline = within(20_000);

    const nodes = valueIn(await client.listNodes(deadline));
    const namespaces = valueIn(await client.listNamespaces(deadline));
    const pods = valueIn(await client.listPods({ node: node(), deadline }));
    const summary = valueIn(await client.getSummary(node(), { deadline, maxBytes: MAX_BYTES }));
    client.close();

    expect([nodes.length, namespaces.length > 0, pods.length > 0]).toEqual([2, true, true]);
    expect(JSON.parse(summary.toString())).toMatchObject({ node: { nodeName: node() } });
  });

  it.each([
    ['the light summary', '/proxy/stats/summary?only_cpu_and_memory=true'],
    ['an escaped slash, which is the same request', '/proxy/stats%2fsummary'],
    ['the summary as a WebSocket, which it is not', '/proxy/stats/summary', UPGRADE],
  ])('lets %s pass', async (_what, path, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await get(`/api/v1/nodes/${node()}${path}`, token, headers);

    expect([answer.status, JSON.parse(answer.body).node.nodeName]).toEqual([200, node()]);
  });

  it.each([
    ['exec', '/proxy/exec/kube-system/proxy-x/main?command=id&output=1'],
    ['exec with the right path as a parameter', '/proxy/exec/a/b/c?path=/stats/summary'],
    ['run', '/proxy/run/a/b/c?cmd=id'],
    ['attach', '/proxy/attach/a/b/c'],
    ['port forwarding', '/proxy/portForward/a/b'],
    ['pods', '/proxy/pods'],
    ['metrics', '/proxy/metrics'],
    ['cAdvisor', '/proxy/metrics/cadvisor'],
    ['healthz', '/proxy/healthz'],
    ['configuration', '/proxy/configz'],
    ['logs', '/proxy/containerLogs/a/b/c'],
    ['nothing', '/proxy'],
    ['nothing, with a slash', '/proxy/'],
    ['a slash at the end', '/proxy/stats/summary/'],
    ['a longer path', '/proxy/stats/summary/x'],
    ['a shorter path', '/proxy/stats'],
    ['another case', '/proxy/stats/Summary'],
    ['dots', '/proxy/stats/summary/../../exec/a/b/c'],
    ['dots before', '/proxy/exec/../stats/summary'],
    ['escaped dots', '/proxy/stats/summary/%2e%2e/%2e%2e/pods'],
    ['escaped slashes and dots', '/proxy/stats/summary%2f..%2f..%2fpods'],
    ['an escape of an escape', '/proxy/%2573tats/summary'],
    ['a slash escaped twice', '/proxy/stats%252fsummary'],
    ['a zero byte', '/proxy/stats/summary%00'],
    ['a space', '/proxy/stats/summary%20'],
    ['a semicolon', '/proxy/stats/summary;x'],
  ])('refuses %s before a kubelet is called, as a GET and as a WebSocket', async (_what, path) => {
    const before = api.kubeletRequests.length;

    const answers = await Promise.all(
      [{}, UPGRADE].map((headers) => get(`/api/v1/nodes/${node()}${path}`, token, headers)),
    );

    expect(answers.map(({ status }) => status)).toEqual(path.endsWith('/proxy') ? [422, 422] : [403, 403]);
    expect(answers.map(({ body }) => /ValidatingAdmissionPolicy 'heapless-summary-only'/.test(body))).toEqual([
      true,
      true,
    ]);
    expect(api.kubeletRequests.length).toBe(before);
  });

  it.each([
    ['a port', ':10250'],
    ['another port', ':10255'],
    ['an escaped port', '%3a10250'],
  ])('refuses %s in the name of the node', async (_what, suffix) => {
    const { status, body } = await get(`/api/v1/nodes/${node()}${suffix}/proxy/stats/summary`, token);

    expect([status, body]).toEqual([403, expect.stringContaining('must name the node alone')]);
  });

  it.each(['https', 'http'])('refuses the scheme %s before the name of the node', async (scheme) => {
    const { status, body } = await get(`/api/v1/nodes/${scheme}:${node()}:10250/proxy/stats/summary`, token);

    expect([status, body]).toEqual([403, expect.stringContaining('must name the node alone')]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('refuses %s, whatever the path', async (method) => {
    const { status, body } = await rawRequest(api, `/api/v1/nodes/${node()}/proxy/stats/summary`, { token, method });

    expect([status, body]).toEqual([403, expect.stringMatching(/cannot \w+ resource \\"nodes\/proxy\\"/)]);
  });

  it.each([
    '/api/v1/secrets',
    '/api/v1/configmaps',
    '/api/v1/nodes/x',
    '/api/v1/nodes?watch=true',
    '/api/v1/namespaces/heapless/pods/x/exec',
    '/api/v1/namespaces/heapless/pods/x/log',
    '/api/v1/namespaces/heapless/services/x/proxy/y',
    '/apis/metrics.k8s.io/v1beta1/nodes',
    '/apis/apps/v1/deployments',
    '/metrics',
  ])('refuses %s', async (path) => {
    expect((await get(path, token)).status).toBe(403);
  });

  it('touches nobody else', async () => {
    const { status, body } = await get(`/api/v1/nodes/${node()}/proxy/healthz`, ADMIN.token);

    expect([status, body]).toEqual([200, 'ok']);
  });
});

describe('without the policy', () => {
  it.each([
    ['the policy', 'ValidatingAdmissionPolicy'],
    ['its binding', 'ValidatingAdmissionPolicyBinding'],
  ] as const)('the right alone reaches exec: %s is not there', async (_what, kind) => {
    api.setManifests(without(shipped('proxy'), kind));

    const exec = await get(`/api/v1/nodes/${node()}/proxy/exec/kube-system/x/main?command=id`, OURS.token, UPGRADE);
    const dots = await get(`/api/v1/nodes/${node()}/proxy/stats/summary/../../healthz`);

    expect([exec.status, dots.body]).toEqual([101, 'ok']);
  });

  it('a prefix in the place of equality would let dots out', async () => {
    const loose = shipped('proxy').map((one) =>
      one.kind === 'ValidatingAdmissionPolicy'
        ? {
            ...one,
            spec: {
              ...one.spec,
              validations: one.spec.validations.map((v) => ({ ...v, expression: "object.path.contains('/stats/')" })),
            },
          }
        : one,
    );
    api.setManifests(loose);

    expect((await get(`/api/v1/nodes/${node()}/proxy/stats/../healthz`)).body).toBe('ok');
  });
});

/** Asks a kubelet with our token, whatever name its certificate has. */
function askKubelet(
  kubelet: { readonly url: string; readonly ca: string },
  path: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
): Promise<RawAnswer> {
  return rawRequest(kubelet, path, { token: OURS.token, headers, method, name: node() });
}

describe('with what is shipped for the route', () => {
  it('direct, the node proxy is closed, and a kubelet lets the summary pass and nothing else', async () => {
    const manifests = shipped('direct');
    api.setManifests(manifests);
    const authority = await createAuthority('kubelets');
    const summary = JSON.stringify({ node: { nodeName: node() } });
    await using kubelet = await startKubelet({ node: node(), authority, manifests, users: [OURS], summary });
    const trust = {
      https: true,
      ca: authority.ca,
      insecure: false,
      localAddresses: true,
      clientCertificate: undefined,
    };
    const settings = { clock: systemClock, random: () => 0, maxInFlight: 4, userAgent: 'heapless-test' };
    const client = createKubeletClient(connection(OURS.token), trust, settings);
    const endpoint = { node: node(), host: '127.0.0.1', port: kubelet.port };
    using deadline = within(20_000);

    const read = valueIn(await client.getSummary(endpoint, { deadline, maxBytes: MAX_BYTES }));
    const light = valueIn(await client.getSummary(endpoint, { deadline, maxBytes: MAX_BYTES, light: true }));
    client.close();
    const refused = await Promise.all(
      ['/exec/a/b/c', '/run/a/b/c', '/attach/a/b/c', '/pods', '/metrics', '/logs/', '/configz', '/healthz'].map(
        async (path) => (await askKubelet(kubelet, path, UPGRADE)).status,
      ),
    );
    const posted = await askKubelet(kubelet, '/stats/summary', {}, 'POST');

    expect([read.toString(), light.toString()]).toEqual([summary, summary]);
    expect(refused).toEqual(refused.map(() => 403));
    expect(posted.status).toBe(403);
    expect(kubelet.served).toEqual(['GET /stats/summary', 'GET /stats/summary']);
    expect((await get(`/api/v1/nodes/${node()}/proxy/stats/summary`)).status).toBe(403);
  });

  it('metrics-api, its lists pass and no kubelet is reached', async () => {
    api.setManifests(shipped('metrics-api'));

    const statuses = await Promise.all(
      [
        '/apis/metrics.k8s.io/v1beta1/nodes',
        '/apis/metrics.k8s.io/v1beta1/pods',
        '/api/v1/nodes',
        '/api/v1/pods',
        '/api/v1/namespaces',
        `/api/v1/nodes/${node()}/proxy/stats/summary`,
      ].map(async (path) => (await get(path)).status),
    );

    expect(statuses).toEqual([200, 200, 200, 200, 200, 403]);
  });

  it.each(RIGHTS_ROUTES)('%s, each right of the table is granted and the others are not', async (route) => {
    api.setManifests(shipped(route));
    const all = RIGHTS_ROUTES.flatMap((one) => ROUTE_RIGHTS[one]);

    for (const { verb, group, resource } of all) {
      const [main = '', subresource = ''] = resource.split('/');
      const resourceAttributes = { verb, group, resource: main, subresource };
      const answer = await rawRequest(api, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        token: OURS.token,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes },
        }),
      });
      const granted = ROUTE_RIGHTS[route].some(
        (right) => right.verb === verb && right.group === group && right.resource === resource,
      );

      expect([resource, answer.status, JSON.parse(answer.body).status.allowed]).toEqual([resource, 201, granted]);
    }
  });
});

describe('the simulated API server', () => {
  it('tells who asks, and refuses who is nobody or too late', async () => {
    const late = { token: 'late', username: 'x', groups: [], expires: 1 };
    await using server = await startKubeApi({ manifests: [], users: [OURS, late] });
    const review = (token?: string): Promise<RawAnswer> =>
      rawRequest(server, '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
        ...(token !== undefined && { token }),
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }),
      });

    const [ours, expired, nobody] = await Promise.all([review(OURS.token), review('late'), review()]);

    expect(JSON.parse(ours.body).status.userInfo).toEqual({
      username: OURS.username,
      groups: ['heapless-collectors', 'system:authenticated'],
    });
    expect([expired.status, JSON.parse(expired.body).message]).toEqual([401, 'Unauthorized']);
    expect([nobody.status, nobody.body]).toEqual([403, expect.stringContaining('system:anonymous')]);
  });

  it('is trusted by a bundle that has its authority among others, and by no other', async () => {
    const [own, old] = await Promise.all([createAuthority('new'), createAuthority('old')]);
    await using server = await startKubeApi({ manifests: [], users: [OURS], authority: own });
    const version = (ca: string): Promise<RawAnswer> => rawRequest({ url: server.url, ca }, '/version');

    expect((await version(`${old.ca}\n${own.ca}`)).status).toBe(200);
    await expect(version(old.ca)).rejects.toThrow(/self-signed|unable to/i);
  });
});
