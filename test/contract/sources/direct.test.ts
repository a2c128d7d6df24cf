import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../../functions/local/demo/demo-cluster.ts';
import type { ClusterConnection } from '../../../shared/clusters/connector.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { createDeadline } from '../../../shared/core/deadline.ts';
import { createKubeletClient } from '../../../shared/kube/create-kubelet-client.ts';
import type { KubeletTrust } from '../../../shared/kube/kubelet-transport.ts';
import { NODE, openRoute, startWrongServer } from './route-world.ts';
import { describeSource } from './source-contract.ts';

describeSource({
  route: 'direct',
  rights: ['get nodes/stats'],
  missing: 'may not get nodes/stats',
  mend: /heapless rbac --route direct --identity serviceaccount:heapless\/collector \| kubectl apply -f -/,
  dead: 'unreachable',
});

const LOGIN: Pick<ClusterConnection, 'authenticate'> = {
  authenticate: async () => ({ authorization: 'Bearer kubelet-secret' }),
};

async function ask(
  endpoint: { readonly node?: string; readonly host: string; readonly port: number },
  trust: Partial<KubeletTrust>,
): Promise<string> {
  const whole = { https: true, ca: undefined, insecure: false, localAddresses: true, clientCertificate: undefined };
  const client = createKubeletClient(
    LOGIN,
    { ...whole, ...trust },
    { clock: systemClock, random: () => 0, maxInFlight: 4, userAgent: 'contract' },
  );
  using deadline = createDeadline(systemClock.now() + 20_000, systemClock);
  const result = await client.getSummary({ node: NODE, ...endpoint }, { deadline, maxBytes: 1_000 });
  client.close();
  return result.status === 'ok' ? 'ok' : `${result.reason}: ${result.message}`;
}

describe('a kubelet at its own port', () => {
  it('is asked for CPU and memory alone in light mode', async () => {
    await using server = await startWrongServer((response) => response.end('{}'));
    using client = openRoute('direct', server);
    await client.scrape(NODE);
    await client.scrape(NODE, { light: true });
    expect(server.requests).toEqual(['/stats/summary', '/stats/summary?only_cpu_and_memory=true']);
  });

  it('that signs for itself is not trusted, and the options that mend it are named', async () => {
    const demo = await startDemoCluster({ nodes: 1, kubelets: 'self', rights: ['get nodes/stats'] });
    try {
      const [node = ''] = demo.nodeNames();
      const endpoint = { node, host: '127.0.0.1', port: demo.kubeletPort(node) ?? 0 };
      const said = await ask(endpoint, { ca: demo.ca });
      expect(said).toMatch(/^unreachable: /);
      for (const option of ['kubelet_ca_file', 'serverTLSBootstrap: true', 'kubelet_insecure_tls=true'])
        expect(said).toContain(option);
      expect(demo.kubeletRequests).toEqual([]);
    } finally {
      await demo.close();
    }
  });

  it('with the certificate of another node is not trusted, and gets no token', async () => {
    const demo = await startDemoCluster({ nodes: 1, kubelets: 'other', rights: ['get nodes/stats'] });
    try {
      const [node = ''] = demo.nodeNames();
      const said = await ask({ node, host: '127.0.0.1', port: demo.kubeletPort(node) ?? 0 }, { ca: demo.ca });
      expect(said).toContain("for another name than the node's");
      expect(demo.kubeletRequests).toEqual([]);
      expect(await ask({ node, host: '127.0.0.1', port: demo.kubeletPort(node) ?? 0 }, { insecure: true })).toMatch(
        /^unauthorized/,
      );
    } finally {
      await demo.close();
    }
  });

  it('gets no token where there is no TLS', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      expect(await ask({ host: '127.0.0.1', port }, { https: false })).toBe('ok');
      expect(seen).toEqual([undefined]);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('is trusted by its address where its certificate has no name of the node', async () => {
    await using server = await startWrongServer((response) => response.end('{}'));
    const port = server.kubeletPort?.(NODE) ?? 0;
    expect(await ask({ node: 'another-node', host: '127.0.0.1', port }, { ca: server.ca })).toBe('ok');
  });

  it.each([
    ['127.0.0.1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['fd00:ec2::254', 'metadata'],
    ['0.0.0.0', 'unspecified'],
    ['224.0.0.1', 'multicast'],
    ['localhost', 'localhost is'],
    ['', 'no address in its status'],
    ['node 1', 'neither IP address nor DNS name'],
    ['evil.example/path', 'neither IP address nor DNS name'],
  ])('at %j is not asked', async (host, why) => {
    await using server = await startWrongServer((response) => response.end('{}'));
    const port = server.kubeletPort?.(NODE) ?? 0;
    const said = await ask({ host, port }, { ca: server.ca, localAddresses: false });
    expect(said).toMatch(/^unreachable: the node's address is not asked/);
    expect(said).toContain(why);
    expect(said).toContain('kubelet_local_addresses=true');
    expect(server.requests).toEqual([]);
  });
});
