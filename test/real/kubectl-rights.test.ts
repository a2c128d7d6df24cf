import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { renderKubeconfig } from '../../functions/local/demo/kubeconfig.ts';
import { type KubeApi, startKubeApi } from '../sim/kube-api/kube-api-server.ts';
import { readManifests } from '../sim/kube-api/rights-manifests.ts';
import { realPart } from '../support/real-part.ts';

const KUBECTL = realPart('kubectl', ['kubectl', 'version', '--client']);
const MISSING = 'kubectl is not on PATH: install the client of Kubernetes (kubernetes-client, or dl.k8s.io)';
const PROXY = readManifests(resolve(import.meta.dirname, '../../infra/rbac/proxy.yml'));
const OURS = { token: 'ours', username: 'heapless@example', groups: ['heapless-collectors'] };

interface Said {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

describe('kubectl at the simulated API server, by the commands of docs/security.md', () => {
  let api: KubeApi;
  let folder = '';
  beforeAll(async () => {
    api = await startKubeApi({ manifests: PROXY, users: [OURS] });
    folder = await mkdtemp(join(tmpdir(), 'heapless-kubectl-'));
    await writeFile(join(folder, 'config'), renderKubeconfig({ url: api.url, ca: api.ca, token: OURS.token }));
  });
  afterAll(async () => {
    await api[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const kubectl = (context: TestContext, ...args: readonly string[]): Promise<Said> => {
    if (KUBECTL === undefined) return context.skip(MISSING);
    const env = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: join(folder, 'config') };
    return new Promise((done) => {
      execFile(KUBECTL.path, args, { env, timeout: 30_000 }, (failure, out, error) => {
        done({ status: failure === null ? 0 : 1, out, error });
      });
    });
  };
  const raw = (context: TestContext, path: string): Promise<Said> =>
    kubectl(context, 'get', '--raw', `/api/v1/nodes/${path}`);

  it('sees who it is', async (context) => {
    const { out } = await kubectl(context, 'auth', 'whoami', '-o', 'json');

    expect(JSON.parse(out)).toMatchObject({ status: { userInfo: { username: OURS.username } } });
  }, 60_000);

  it('sees what it may do', async (context) => {
    const proxy = await kubectl(context, 'auth', 'can-i', 'get', 'nodes', '--subresource=proxy');
    const secrets = await kubectl(context, 'auth', 'can-i', 'list', 'secrets');

    expect([proxy.out.trim(), secrets.out.trim()]).toEqual(['yes', 'no']);
  }, 60_000);

  it('reads the summary, and is refused everything else by the policy', async (context) => {
    const [node = ''] = api.nodeNames;

    const summary = await raw(context, `${node}/proxy/stats/summary`);
    const health = await raw(context, `${node}/proxy/healthz`);
    const port = await raw(context, `${node}:10250/proxy/stats/summary`);

    expect(JSON.parse(summary.out)).toMatchObject({ node: { nodeName: node } });
    expect(health.error).toContain("ValidatingAdmissionPolicy 'heapless-summary-only'");
    expect(port.error).toContain('must name the node alone');
  }, 60_000);
});
