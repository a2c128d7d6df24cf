import { randomBytes } from 'node:crypto';
import { systemClock } from '../../../shared/core/clock.ts';
import type { Identity } from './api-request.ts';
import { createApiServer } from './api-server.ts';
import { createCertificate } from './certificate.ts';
import { createClusterModel } from './cluster-model.ts';
import type { DemoCluster, DemoClusterOptions, DemoRight } from './demo-types.ts';
import { createFaultBoard } from './fault-board.ts';
import { renderKubeconfig } from './kubeconfig.ts';
import { startKubelets } from './kubelet-servers.ts';
import { startTlsServer } from './tls-server.ts';

/** What the collector needs with the node proxy route. */
const COLLECTOR_RIGHTS: readonly DemoRight[] = ['list nodes', 'list namespaces', 'list pods', 'get nodes/proxy'];
const USER = 'system:serviceaccount:heapless:collector';

/** Starts a simulated cluster on loopback: sound, but for the faults in `options` and those set later. */
export async function startDemoCluster(options: DemoClusterOptions = {}): Promise<DemoCluster> {
  const clock = options.clock ?? systemClock;
  const certificate = await createCertificate();
  const model = createClusterModel({
    nodes: options.nodes ?? 6,
    podsPerNode: options.podsPerNode ?? 12,
    containersPerPod: options.containersPerPod,
    seed: options.seed ?? 1,
    epoch: clock.now(),
    timeScale: options.timeScale ?? 1,
    restarting: new Set(options.restarting),
  });
  const faults = createFaultBoard();
  const setFault: DemoCluster['setFault'] = (target, fault) => {
    if (target !== 'api' && model.node(target) === undefined) throw new RangeError(`there is no node ${target}`);
    faults.set(target, fault);
  };
  for (const [target, fault] of Object.entries(options.faults ?? {})) setFault(target, fault);
  const rights: ReadonlySet<string> = new Set(options.rights ?? COLLECTOR_RIGHTS);
  const versions = { current: 1_000, compacted: 0 };
  let token = makeToken();
  const identity = (): Identity => ({ token, user: options.user ?? USER, rights });
  const kubelets =
    options.kubelets === undefined
      ? undefined
      : await startKubelets({ model, clock, faults, identity, certificate, trust: options.kubelets });
  const api = createApiServer({
    metricsApi: options.metricsApi ?? true,
    kubeletPort: (node) => kubelets?.ports.get(node),
    model,
    clock,
    faults,
    identity,
    pagesFromCache: options.pagesFromCache ?? false,
    summaryOnly: options.summaryOnly ?? true,
    versions: () => versions,
  });
  const server = await startTlsServer({
    api,
    certificate,
    clock,
    faults,
    latencyMillis: options.latencyMillis ?? 0,
    maxListsInFlight: options.maxListsInFlight ?? 360,
    port: options.port ?? 0,
  });
  const url = `https://127.0.0.1:${server.port}`;

  return {
    url,
    ca: certificate.ca,
    get token() {
      return token;
    },
    kubeconfig: () => renderKubeconfig({ url, ca: certificate.ca, token }),
    usage: server.usage,
    kubeletPort: (node) => kubelets?.ports.get(node),
    kubeletRequests: kubelets?.requests ?? [],
    nodeNames: () => model.nodes().map((node) => node.name),
    podsOf: (node) =>
      (model.node(node)?.pods ?? []).map((pod) => `${pod.workload.namespace}/${pod.state(clock.now()).name}`),
    setFault,
    addNode() {
      if (kubelets !== undefined)
        throw new RangeError('a node with a kubelet on a port of its own cannot be added later');
      versions.current++;
      return model.addNode().name;
    },
    removeNode(name) {
      versions.current++;
      faults.set(name, undefined);
      if (!model.removeNode(name)) throw new RangeError(`there is no node ${name}`);
    },
    restartPod(namespace, name, { replace = false } = {}) {
      const pod = model.findPod(namespace, name, clock.now());
      if (pod === undefined) throw new RangeError(`there is no pod ${namespace}/${name}`);
      versions.current++;
      pod.restart(clock.now(), replace);
    },
    rotateToken() {
      token = makeToken();
      return token;
    },
    compact() {
      versions.current++;
      versions.compacted = versions.current;
    },
    closeIdleConnections: server.closeIdleConnections,
    async close() {
      await Promise.all([server.close(), kubelets?.close()]);
    },
  };
}

function makeToken(): string {
  return `demo-${randomBytes(18).toString('base64url')}`;
}
