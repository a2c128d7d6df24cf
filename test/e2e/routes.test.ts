import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DemoClusterOptions, DemoRight } from '../../functions/local/demo/demo-types.ts';
import type { Runtime } from '../../shared/app/runtime.ts';
import { runScrape } from '../../shared/app/scrape.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import type { ShardInvoker, ShardRequest } from '../../shared/fanout/invoker.ts';
import { startTickWorld, type TickOptions, type TickWorld, type WorldOptions } from '../support/tick-world.ts';

const LISTS: readonly DemoRight[] = ['list nodes', 'list namespaces', 'list pods'];
const PROXY: readonly DemoRight[] = [...LISTS, 'get nodes/proxy'];
const DIRECT: readonly DemoRight[] = [...LISTS, 'get nodes/stats'];
const METRICS: readonly DemoRight[] = [...LISTS, 'list nodes.metrics.k8s.io', 'list pods.metrics.k8s.io'];

interface RouteWorld extends AsyncDisposable {
  readonly world: TickWorld;
  tick(options?: Pick<TickOptions, 'through' | 'seconds'>): Promise<TickReport>;
}

async function startRoute(
  options: string,
  cluster: DemoClusterOptions,
  more: Partial<WorldOptions> = {},
): Promise<RouteWorld> {
  const world = await startTickWorld({ warm: true, ...more, cluster, env: { HEAPLESS_SINK: 'log:', ...more.env } });
  const auth = encodeURIComponent(join(world.folder, 'kubeconfig'));
  const source = `kubernetes.summary_api:?inClusterConfig=false&auth=${auth}&${options}`;
  return {
    world,
    tick: (given) => world.tick({ ...given, env: { HEAPLESS_SOURCE: source } }),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

function proxied({ cluster }: TickWorld): number {
  const paths = [...cluster.usage().requestsByPath];
  return paths.reduce((sum, [path, count]) => sum + (path.includes('/proxy/') ? count : 0), 0);
}

function told(report: TickReport): readonly string[] {
  return report.warnings.filter((warning) => warning.startsWith('route=auto'));
}

describe('route=metrics-api', () => {
  it('fills nodes, pods, containers and totals without a right of kubelets', async () => {
    await using route = await startRoute('route=metrics-api', { rights: METRICS });
    await route.tick();
    const report = await route.tick();

    expect(report).toMatchObject({ route: 'metrics-api', status: 'whole' });
    expect(report.nodes).toMatchObject({ planned: 3, answered: 3, failed: 0 });
    expect(report.rows).toMatchObject({ cluster: 1, node: 3 });
    for (const level of ['namespace', 'workload', 'pod', 'pod_container'])
      expect(report.rows[level]).toBeGreaterThan(0);
    expect(report.rows['volume'] ?? 0).toBe(0);
    expect(proxied(route.world)).toBe(0);
  });

  it('counts a node that the API does not have as failed, with its reason', async () => {
    await using route = await startRoute('route=metrics-api', { rights: METRICS });
    route.world.cluster.setFault(route.world.cluster.nodeNames()[1] ?? '', { kind: 'refuse' });
    const report = await route.tick();

    expect(report.nodes).toMatchObject({ planned: 3, answered: 2, failed: 1, reasons: { no_metrics: 1 } });
    expect(report.status).toBe('partial');
  });

  it('lists once for all shards that run in one process', async () => {
    await using route = await startRoute(
      'route=metrics-api',
      { rights: METRICS },
      { env: { HEAPLESS_SHARD_SIZE: '1' } },
    );
    const report = await route.tick();

    expect(report.nodes.answered).toBe(3);
    expect(route.world.cluster.usage().requestsByPath.get('/apis/metrics.k8s.io/v1beta1/pods')).toBe(1);
  });
});

describe('route=direct', () => {
  it('asks kubelets at their own ports with the right to nodes/stats alone, and counts them apart', async () => {
    await using route = await startRoute('route=direct&kubelet_local_addresses=true', {
      kubelets: 'cluster',
      rights: DIRECT,
    });
    const report = await route.tick();

    expect(report).toMatchObject({ route: 'direct', status: 'whole', kubelets: { requests: 3, retries: 0 } });
    expect(report.kubelets?.bytes).toBeGreaterThan(10_000);
    expect(route.world.cluster.kubeletRequests).toEqual(Array.from({ length: 3 }, () => 'GET /stats/summary'));
    expect(proxied(route.world)).toBe(0);
  });

  it('says which file of an authority is missing', async () => {
    await using route = await startRoute('route=direct&kubelet_ca_file=/nowhere/ca.pem', { rights: DIRECT });
    const report = await route.tick();

    expect(report).toMatchObject({ status: 'nothing', nodes: { planned: 3, failed: 3 } });
    expect(report.warnings.join()).toContain('kubelet_ca_file /nowhere/ca.pem does not exist');
  });

  it('asks no node that says that it is this machine', async () => {
    await using route = await startRoute('route=direct', { kubelets: 'cluster', rights: DIRECT });
    const report = await route.tick();

    expect(report).toMatchObject({ status: 'nothing', nodes: { failed: 3, reasons: { unreachable: 3 } } });
    expect(route.world.cluster.kubeletRequests).toEqual([]);
  });

  it('warns on every tick when certificates are not verified', async () => {
    await using route = await startRoute('route=direct&kubelet_local_addresses=true&kubelet_insecure_tls=true', {
      kubelets: 'self',
      rights: DIRECT,
    });
    for (const report of [await route.tick(), await route.tick()]) {
      expect(report.nodes.answered).toBe(3);
      expect(report.warnings).toContain('kubelet_insecure_tls=true: certificates of kubelets are not verified');
    }
  });
});

describe('only_cpu_and_memory=true', () => {
  it('asks for less and fills what there is', async () => {
    await using light = await startRoute('only_cpu_and_memory=true', { rights: PROXY });
    await using whole = await startRoute('only_cpu_and_memory=false', { rights: PROXY });
    const [less, all] = [await light.tick(), await whole.tick()];

    expect(less).toMatchObject({ route: 'proxy', status: 'whole', nodes: { answered: 3 } });
    expect(less.apiServer.bytes).toBeLessThan(all.apiServer.bytes);
    expect(less.rows['pod_container']).toBe(all.rows['pod_container']);
    expect(less.points).toBeLessThan(all.points);
  });
});

describe('route=auto', () => {
  it.each([
    ['direct', [...DIRECT, ...PROXY]],
    ['proxy', [...PROXY, ...METRICS]],
    ['metrics-api', METRICS],
  ] as const)('takes %s where it works, and says so once', async (taken, rights) => {
    const options = 'route=auto&kubelet_local_addresses=true';
    await using route = await startRoute(options, { kubelets: 'cluster', rights });
    const [first, second] = [await route.tick(), await route.tick()];

    expect(first).toMatchObject({ route: taken, nodes: { planned: 3, answered: 3 } });
    expect(told(first)).toEqual([expect.stringContaining(`route=auto takes ${taken}`)]);
    expect(second).toMatchObject({ route: taken, nodes: { answered: 3 } });
    expect(told(second)).toEqual([]);
  });

  it('decides nothing while no route works, and says that on every tick', async () => {
    await using route = await startRoute('route=auto&kubelet_local_addresses=true', {
      kubelets: 'cluster',
      rights: LISTS,
    });
    for (const report of [await route.tick(), await route.tick()]) {
      expect(report).toMatchObject({ status: 'nothing', nodes: { reasons: { forbidden: 3 } } });
      expect(told(report)).toEqual([
        expect.stringMatching(/no route works now \(direct: .*; proxy: .*; metrics-api: /),
      ]);
    }
  });
});

describe('a good guest', () => {
  it('asks the rest of the nodes no more when the cluster is too busy, and asks again in the next tick', async () => {
    await using route = await startRoute(
      'busy_limit=3',
      { nodes: 12, rights: PROXY },
      { env: { HEAPLESS_MAX_IN_FLIGHT: '1', HEAPLESS_NODE_TIMEOUT: '500ms' } },
    );
    const { cluster } = route.world;
    for (const node of cluster.nodeNames()) cluster.setFault(node, { kind: 'unavailable', retryAfter: '30' });
    const report = await route.tick();
    const asked = proxied(route.world);
    for (const node of cluster.nodeNames()) cluster.setFault(node, undefined);
    const next = await route.tick();

    expect(report.nodes.reasons).toEqual({ throttled: 3, not_asked: 9 });
    expect(report.nodes).toMatchObject({ planned: 12, answered: 0, failed: 12, late: 0 });
    expect(asked).toBe(3);
    expect(next).toMatchObject({ status: 'whole', nodes: { answered: 12 } });
  });

  it('keeps to the rate of requests, and a node loses none of its own time by waiting', async () => {
    const env = { HEAPLESS_NODE_TIMEOUT: '1s', HEAPLESS_SCRAPE_TIMEOUT: '15s' };
    const cluster = { nodes: 16, rights: PROXY };
    await using route = await startRoute('max_requests_per_sec=4', cluster, { env });
    await using free = await startRoute('max_requests_per_sec=500', cluster, { env });
    const [report, unbounded] = [await route.tick(), await free.tick()];

    // 8 at once for a rest of two seconds, among them the three lists; 4 a second after that.
    expect(report.nodes).toMatchObject({ planned: 16, answered: 16 });
    expect(report.stages['scrape']).toBeGreaterThanOrEqual(2_000);
    expect(unbounded.stages['scrape']).toBeLessThan(2_000);
  });

  it('warns where the rate is too low for all nodes', async () => {
    const shardInvoker: ShardInvoker = {
      async invoke() {
        throw new Error('nothing of this is run');
      },
    };
    const env = { HEAPLESS_SHARD_SIZE: '1', HEAPLESS_SCRAPE_TIMEOUT: '4s' };
    await using low = await startRoute(
      'max_requests_per_sec=1',
      { rights: PROXY },
      { env, platform: { shardInvoker } },
    );
    await using high = await startRoute('', { rights: PROXY }, { env, platform: { shardInvoker } });
    const [warned, silent] = [await low.tick(), await high.tick()];

    expect(warned.warnings.join()).toContain('max_requests_per_sec is too low for 3 nodes: asking them takes 5 s');
    expect(silent.warnings.join()).not.toContain('max_requests_per_sec');
  });

  it.each([
    ['', 100],
    ['start_jitter_sec=20', 1_000],
    ['start_jitter_sec=0', 0],
  ])('with %j starts each of several shards at random', async (options, least) => {
    const env = { HEAPLESS_SHARD_SIZE: '1', HEAPLESS_SCRAPE_TIMEOUT: '20s' };
    const cluster = { nodes: 3, rights: PROXY };
    await using route = await startRoute(options, cluster, { env, platform: { random: () => 0.5 } });
    const apart = (runtime: Runtime): Runtime => {
      const invoke: ShardInvoker['invoke'] = (request, deadline) => runScrape(runtime, request, { deadline });
      return { ...runtime, platform: { ...runtime.platform, shardInvoker: { invoke } } };
    };
    const report = await route.tick({ through: apart, seconds: 60 });

    expect(report).toMatchObject({ status: 'whole', shards: { planned: 3, answered: 3 } });
    const waited = report.stages['shards'] ?? 0;
    expect(waited).toBeGreaterThanOrEqual(least);
    expect(waited).toBeLessThan(least + 1_000);
  });

  it('tells shards of their own how many they are and which way to go', async () => {
    const requests: ShardRequest[] = [];
    const shardInvoker: NonNullable<WorldOptions['platform']>['shardInvoker'] = {
      async invoke(request) {
        requests.push(request);
        throw new Error('nothing of this is run');
      },
    };
    const env = { HEAPLESS_SHARD_SIZE: '1', HEAPLESS_SHARD_CONCURRENCY: '2' };
    await using route = await startRoute('route=proxy', { rights: PROXY }, { env, platform: { shardInvoker } });
    await route.tick();

    expect(requests).toHaveLength(3);
    for (const request of requests) expect(request).toMatchObject({ route: 'proxy', parallel: 2 });
    expect(requests.flatMap(({ nodes }) => nodes.map(({ kubelet }) => kubelet))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
