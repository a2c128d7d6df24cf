import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import { createAuthority } from '../sim/kube-api/certificates.ts';
import { type KubeApi, type KubeApiOptions, startKubeApi } from '../sim/kube-api/kube-api-server.ts';
import { type RightsManifest, readManifests } from '../sim/kube-api/rights-manifests.ts';
import { type DoctorRun, runDoctor } from '../support/doctor-run.ts';

const FOLDER = resolve(import.meta.dirname, '../../infra/rbac');
const PROXY = readManifests(`${FOLDER}/proxy.yml`);
const OURS = { token: 'the-token-of-ours', username: 'heapless@example', groups: ['heapless-collectors'] };
const DAY = 86_400_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heapless-doctor-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function caFile(ca: string): Promise<string> {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.pem`);
  await writeFile(path, ca);
  return path;
}

async function examine(
  url: string,
  ca: string,
  more: { readonly token?: string; readonly options?: string; readonly args?: readonly string[] } = {},
): Promise<DoctorRun> {
  const { token = OURS.token, options = '', args = [] } = more;
  const login = token === '' ? '' : `&token=${token}`;
  const source = `kubernetes.summary_api:${url}?inClusterConfig=false&ca_file=${await caFile(ca)}${login}${options}`;
  return await runDoctor(['--source', source, ...args]);
}

/** Runs the doctor against a server that is made for it. */
async function against(
  options: Partial<KubeApiOptions>,
  more: Parameters<typeof examine>[2] & { readonly prepare?: (api: KubeApi) => void } = {},
): Promise<DoctorRun> {
  await using api = await startKubeApi({ manifests: PROXY, users: [OURS], ...options });
  more.prepare?.(api);
  return await examine(api.url, api.ca, more);
}

describe('a cluster where all is well', () => {
  it('has a tick at every step, and status 0', async () => {
    const run = await against({});

    expect(run.findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(run.status).toBe(0);
    expect(run.findings.map(({ step }) => step)).toEqual([
      ...['read', 'connection', 'name', 'tcp', 'tls', 'identity', 'clock', 'version'],
      ...['right', 'right', 'right', 'right', 'no more', 'nodes', 'policy', 'summary', 'pods', 'route'],
      ...['backend', 'round trip'],
    ]);
    expect(run.of('identity')[0]?.sentence).toBe('the API server knows us as heapless@example, in heapless-collectors');
    expect(run.of('nodes')[0]?.sentence).toMatch(/^2 nodes, kubelets 2 × v1\./);
  });

  it('is told in a table as it comes, without the token', async () => {
    await using api = await startKubeApi({ manifests: PROXY, users: [OURS] });
    const source = `kubernetes.summary_api:${api.url}?inClusterConfig=false&ca_file=${await caFile(api.ca)}&token=${OURS.token}`;

    const run = await runDoctor(['--source', source], { output: 'table' });

    expect(run.out).toMatch(/^ {2}✓ identity {4}the API server knows us/m);
    expect(run.out).toMatch(/all is well; 0 to know, 0 not looked at/);
    expect(run.out + run.error).not.toContain(OURS.token);
  });
});

describe('the way to the API server', () => {
  it('begins with a configuration that can be read: status 1', async () => {
    const run = await runDoctor(['--source', 'kubernetes.summary_api:https://x?tokn=y']);

    expect([run.status, run.out]).toEqual([1, '']);
    expect(run.error).toMatch(/did you mean "token"/);
  });

  it('needs a file that is there', async () => {
    const run = await runDoctor(['--source', `kubernetes.summary_api:?auth=${folder}/none`]);

    expect(run.status).toBe(2);
    expect(run.wrong()).toMatchObject([{ step: 'connection', mend: expect.stringContaining('HEAPLESS_SOURCE') }]);
  });

  it('needs a name that resolves', async () => {
    const { ca } = await createAuthority();

    const run = await examine(`https://${'x'.repeat(64)}.example`, ca);

    expect(run.status).toBe(2);
    expect(run.wrong()).toMatchObject([{ step: 'name', mend: expect.stringContaining('private endpoint') }]);
    expect(run.findings.filter(({ status }) => status === 'skipped').map(({ step }) => step)).toEqual(['tcp', 'tls']);
  });

  it('needs a port where something listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    const { ca } = await createAuthority();

    const run = await examine(`https://127.0.0.1:${port}`, ca);

    expect(run.wrong()).toMatchObject([
      { step: 'tcp', sentence: expect.stringContaining('ECONNREFUSED'), mend: expect.stringContaining('firewall') },
    ]);
  });

  it('needs TLS', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      socket.end('SSH-2.0-x\r\n');
    }).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const { port } = server.address() as AddressInfo;
    const { ca } = await createAuthority();

    const run = await examine(`https://127.0.0.1:${port}`, ca);
    await new Promise((done) => server.close(done));

    expect(run.wrong()).toMatchObject([{ step: 'tls', mend: expect.stringContaining('port') }]);
  });

  it.each([
    [
      'ended',
      { notBefore: new Date(Date.now() - 9 * DAY), notAfter: new Date(Date.now() - DAY) },
      /ended on \d{4}/,
      /renew/,
    ],
    [
      'not begun',
      { notBefore: new Date(Date.now() + DAY), notAfter: new Date(Date.now() + 90 * DAY) },
      /begins on/,
      /clock/,
    ],
    [
      'another name',
      { names: ['api.example'], addresses: [] },
      /not for 127.0.0.1 but for api.example/,
      /server_name=api.example/,
    ],
  ])('needs a certificate that is not: %s; the token is not sent', async (_what, certificate, sentence, mend) => {
    const seen: string[] = [];
    const run = await against(
      { certificate },
      { prepare: (api) => Object.defineProperty(seen, 'requests', { get: () => api.requests }) },
    );

    expect(run.status).toBe(2);
    expect(run.wrong()).toMatchObject([
      { step: 'tls', sentence: expect.stringMatching(sentence), mend: expect.stringMatching(mend) },
    ]);
    expect((seen as unknown as { readonly requests: readonly string[] }).requests).toEqual([]);
  });

  it('needs the authority of the cluster', async () => {
    await using api = await startKubeApi({ manifests: PROXY, users: [OURS] });
    const other = await createAuthority('other');

    const run = await examine(api.url, other.ca);

    expect(run.wrong()).toMatchObject([{ step: 'tls', mend: expect.stringContaining('ca_file=') }]);
    expect(api.requests).toEqual([]);
  });

  it('tells of a certificate that ends soon, and of none that is verified', async () => {
    const soon = await against({ certificate: { notAfter: new Date(Date.now() + 3 * DAY) } });
    await using api = await startKubeApi({ manifests: PROXY, users: [OURS] });
    const source = `kubernetes.summary_api:${api.url}?inClusterConfig=false&token=${OURS.token}&insecure=true`;
    const insecure = await runDoctor(['--source', source]);

    expect([soon.status, insecure.status]).toEqual([0, 0]);
    expect(soon.of('tls')).toMatchObject([{ status: 'note', sentence: expect.stringContaining('which is soon') }]);
    expect(insecure.of('tls')).toMatchObject([{ status: 'note', mend: expect.stringContaining('ca_file=') }]);
  });
});

describe('who we are', () => {
  it('is nobody with a token that has ended', async () => {
    const run = await against({ users: [{ ...OURS, expires: 1 }] });

    expect(run.wrong()).toMatchObject([
      {
        step: 'identity',
        sentence: expect.stringContaining('did not accept'),
        mend: expect.stringContaining('token_file='),
      },
    ]);
    expect(run.of('right')).toEqual([]);
  });

  it('is nobody without a login', async () => {
    const run = await against({}, { token: '' });

    expect(run.wrong()).toMatchObject([{ step: 'identity', sentence: 'no credentials reached the API server' }]);
  });

  it('is not told by a server before 1.28, and the rest is looked at all the same', async () => {
    const run = await against({ selfSubjectReviews: false });

    expect([run.status, run.of('identity')[0]?.status, run.of('summary')[0]?.status]).toEqual([0, 'note', 'ok']);
  });

  it('needs a clock that is right', async () => {
    const run = await against({ ahead: 120_000 });

    expect(run.wrong()).toMatchObject([{ step: 'clock', sentence: expect.stringMatching(/1(?:19|2\d) s behind/) }]);
  });
});

describe('what we may do', () => {
  const account = { token: OURS.token, username: 'system:serviceaccount:heapless:collector', groups: [] };
  const without = (verb: string, resource: string): readonly RightsManifest[] =>
    readManifests(`${FOLDER}/service-account/proxy.yml`).map((one) =>
      one.kind === 'ClusterRole'
        ? {
            ...one,
            rules: one.rules.flatMap((rule) => {
              if (!('resources' in rule) || !rule.verbs.includes(verb)) return [rule];
              const resources = rule.resources.filter((of) => of !== resource);
              return resources.length === 0 ? [] : [{ ...rule, resources }];
            }),
          }
        : one,
    );

  it.each([
    ['list', 'nodes'],
    ['list', 'namespaces'],
    ['list', 'pods'],
    ['get', 'nodes/proxy'],
  ])('lacks %s %s: the command that grants it', async (verb, resource) => {
    const run = await against({ users: [account], manifests: without(verb, resource) });

    expect(run.status).toBe(2);
    expect(run.of('right').filter(({ status }) => status === 'problem')).toMatchObject([
      {
        sentence: `we may not ${verb} ${resource}, which route=proxy needs`,
        mend: 'heapless rbac --route proxy --identity serviceaccount:heapless/collector | kubectl apply -f -',
      },
    ]);
  });

  it('is too much with an administrator’s credential', async () => {
    const rule = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
    const manifests = PROXY.map((one) => (one.kind === 'ClusterRole' ? { ...one, rules: [rule] } : one));

    const run = await against({ manifests });

    expect(run.status).toBe(0);
    expect(run.of('no more')).toMatchObject([{ status: 'note', sentence: expect.stringContaining('do everything') }]);
  });
});

describe('the policy', () => {
  it('is missing: no policy, or a policy without its binding', async () => {
    for (const kind of ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']) {
      const run = await against({ manifests: PROXY.filter((one) => one.kind !== kind) });

      expect(run.status).toBe(2);
      expect(run.wrong()).toMatchObject([
        {
          step: 'policy',
          sentence: expect.stringContaining('no policy bounds the node proxy'),
          mend: 'heapless rbac --route proxy --identity group:heapless-collectors | kubectl apply -f -',
        },
      ]);
    }
  });

  it('is too wide, where dots pass it', async () => {
    const manifests = PROXY.map((one) =>
      one.kind === 'ValidatingAdmissionPolicy'
        ? {
            ...one,
            spec: {
              ...one.spec,
              validations: one.spec.validations.map((rule) => ({
                ...rule,
                expression: rule.expression.replace(
                  "object.path == '/stats/summary'",
                  "object.path.contains('/stats/summary')",
                ),
              })),
            },
          }
        : one,
    );

    const run = await against({ manifests });

    expect(run.wrong()).toMatchObject([
      {
        step: 'policy',
        sentence: expect.stringMatching(/heapless-summary-only is too wide: \/stats\/summary\/\.\.\/\.\.\/healthz/),
      },
    ]);
  });
});

describe('the nodes', () => {
  it('do not answer: what one of them says, and the command to see for oneself', async () => {
    const run = await against(
      {},
      {
        prepare: (api) => {
          for (const name of api.nodeNames) api.setFault(name, { kind: 'refuse' });
        },
      },
    );

    expect(run.wrong()).toMatchObject([
      {
        step: 'summary',
        sentence: expect.stringMatching(/^0 of 2 asked nodes answered.*connection refused/),
        mend: expect.stringContaining('kubectl get --raw /api/v1/nodes/'),
      },
    ]);
    expect(run.of('route')).toMatchObject([{ status: 'note' }]);
  });

  it('answer but for one, which is named', async () => {
    const run = await against({}, { prepare: (api) => api.setFault(api.nodeNames[0] ?? '', { kind: 'refuse' }) });

    expect(run.status).toBe(0);
    expect(run.of('summary')).toMatchObject([
      { status: 'note', mend: expect.stringContaining('kubectl describe node') },
    ]);
  });

  it('are not there', async () => {
    const run = await against({ nodes: 0 });

    expect([run.of('nodes')[0]?.status, run.of('policy')[0]?.status, run.of('summary')[0]?.status]).toEqual([
      'note',
      'skipped',
      'skipped',
    ]);
  });
});

describe('the route', () => {
  const shipped = (route: string): readonly RightsManifest[] => readManifests(`${FOLDER}/${route}.yml`);

  it('metrics-api needs its own rights and no kubelet', async () => {
    const run = await against({ manifests: shipped('metrics-api') }, { options: '&route=metrics-api' });

    expect([run.status, run.wrong()]).toEqual([0, []]);
    expect(run.of('right').map(({ sentence }) => sentence)).toContain('we may list pods.metrics.k8s.io');
    expect(run.of('policy')).toEqual([]);
    expect(run.of('summary')).toMatchObject([{ status: 'ok', sentence: expect.stringContaining('2 of 2') }]);
    expect(run.of('route')).toMatchObject([{ status: 'ok' }]);
  });

  it('metrics-api needs metrics-server', async () => {
    const run = await against(
      { manifests: shipped('metrics-api'), metricsApi: false },
      { options: '&route=metrics-api' },
    );

    expect(run.status).toBe(2);
    expect(run.wrong()).toMatchObject([
      { step: 'summary', mend: expect.stringContaining('kubectl get --raw /apis/metrics.k8s.io/') },
    ]);
  });

  it('metrics-api lacks a right: the command that grants those of that route', async () => {
    const run = await against({}, { options: '&route=metrics-api' });

    expect(run.wrong().filter(({ step }) => step === 'right')).toMatchObject([
      { mend: expect.stringContaining('heapless rbac --route metrics-api ') },
      { mend: expect.stringContaining('heapless rbac --route metrics-api ') },
    ]);
    expect(run.of('no more')).toMatchObject([{ status: 'note', sentence: expect.stringContaining('get nodes/proxy') }]);
  });

  it('direct needs the network of the nodes', async () => {
    const run = await against(
      { manifests: shipped('direct') },
      { options: '&route=direct', args: ['--node-timeout', '1s'] },
    );

    expect(run.of('right').map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(run.wrong()).toMatchObject([{ step: 'summary', mend: expect.stringContaining('port 10250') }]);
  });

  it('auto is what works, and says why not the others', async () => {
    const run = await against({}, { options: '&route=auto' });

    expect([run.status, run.wrong()]).toEqual([0, []]);
    expect(run.of('auto')).toMatchObject([{ status: 'ok', sentence: expect.stringMatching(/takes proxy \(direct: /) }]);
    expect(run.of('policy')).toMatchObject([{ status: 'ok' }]);
  });

  it('auto that works by none is to be mended', async () => {
    const lists = shipped('direct');

    const run = await against({ manifests: lists, metricsApi: false }, { options: '&route=auto' });

    expect(run.wrong()[0]).toMatchObject({ step: 'auto', sentence: expect.stringContaining('no route works') });
  });
});

describe('the state', () => {
  it('that cannot be opened is the configuration’s: status 1', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, 'x');

    const run = await against({}, { args: ['--state', `file:${file}/below`] });

    expect([run.status, run.out]).toEqual([1, '']);
    expect(run.error).toMatch(/state file/);
  });
});

describe('the demo cluster', () => {
  it('is well, with its policy', async () => {
    const run = await runDoctor(['--demo']);

    expect([run.status, run.wrong()]).toEqual([0, []]);
    expect(run.of('right').map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(run.of('policy')).toMatchObject([{ status: 'ok' }]);
  });

  it('is found without its policy and without a right', async () => {
    const cluster = await startDemoCluster({
      nodes: 2,
      summaryOnly: false,
      rights: ['list nodes', 'list namespaces', 'get nodes/proxy'],
    });

    const run = await examine(cluster.url, cluster.ca, { token: cluster.token });
    await cluster.close();

    expect(run.wrong().map(({ step }) => step)).toEqual(['right', 'policy', 'pods']);
  });

  it.each([
    ['cluster', 0, 'ok', /2 of 2 asked nodes answered/],
    ['other', 2, 'problem', /0 of 2 asked nodes answered/],
  ] as const)(
    'has kubelets at ports of their own, with certificates for %s names: status %d',
    async (kubelets, status, summary, said) => {
      const rights = ['list nodes', 'list namespaces', 'list pods', 'get nodes/stats'] as const;
      const cluster = await startDemoCluster({ nodes: 2, kubelets, rights });

      const options = '&route=direct&kubelet_local_addresses=true';
      const run = await examine(cluster.url, cluster.ca, { token: cluster.token, options });
      await cluster.close();

      expect(run.status).toBe(status);
      expect(run.of('summary')).toMatchObject([{ status: summary, sentence: expect.stringMatching(said) }]);
      expect(run.of('policy')).toEqual([]);
    },
  );
});
