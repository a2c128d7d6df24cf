import { MIB, MINUTE, SECOND } from '../../../shared/core/units.ts';
import type { LoadShape } from './load-curve.ts';

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'CronJob' | 'Job' | 'Static';

export interface ContainerTemplate {
  readonly name: string;
  readonly image: string;
  readonly load: LoadShape;
  /** Bytes of the working set. */
  readonly memory: number;
  /** Part of the memory that is added again and again and given back at once (a leak, a heap). */
  readonly growth: number;
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly kind: WorkloadKind;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly ContainerTemplate[];
  readonly hostNetwork: boolean;
  /** Bytes per second received for each core in use; as much is sent twice over. */
  readonly bytesPerCore: number;
  /** Name of the volume that a claim of its own backs. */
  readonly claim: string | undefined;
  /** True if its image cannot be pulled. */
  readonly broken: boolean;
  /** How many there are in the cluster; undefined = as many as there is room for (one a node for daemons). */
  readonly replicas: number | undefined;
}

const steady = (base: number): LoadShape => ({
  base,
  wave: 0.2,
  wavePeriod: 7 * MINUTE,
  burst: 0,
  burstPeriod: MINUTE,
  burstShare: 0.1,
});
const wavy = (base: number): LoadShape => ({ ...steady(base), wave: 0.8, wavePeriod: 20 * MINUTE });
const bursty = (base: number, burst: number, share: number): LoadShape => ({
  ...steady(base),
  burst,
  burstPeriod: 90 * SECOND,
  burstShare: share,
});

type ResourceText = readonly [cpu: string, memory: string];

function container(
  name: string,
  image: string,
  load: LoadShape,
  memoryMib: number,
  more: { readonly growth?: number; readonly requests?: ResourceText; readonly limits?: ResourceText } = {},
): ContainerTemplate {
  const texts = (pair: ResourceText) => ({ cpu: pair[0], memory: pair[1] });
  return {
    name,
    image,
    load,
    memory: memoryMib * MIB,
    growth: more.growth ?? 0.1,
    ...(more.requests && { requests: texts(more.requests) }),
    ...(more.limits && { limits: texts(more.limits) }),
  };
}

function workload(
  kind: WorkloadKind,
  namespace: string,
  name: string,
  labels: readonly [component: string, team: string],
  containers: readonly ContainerTemplate[],
  more: Partial<Workload> = {},
): Workload {
  return {
    kind,
    namespace,
    name,
    labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': labels[0], team: labels[1] },
    containers,
    hostNetwork: false,
    bytesPerCore: 2_000_000,
    claim: undefined,
    broken: false,
    replicas: undefined,
    ...more,
  };
}

const SIDECAR = container('proxy', 'registry.example/mesh/proxy:1.27.1', wavy(0.008), 42, {
  requests: ['10m', '64Mi'],
  limits: ['200m', '128Mi'],
});

/** One of each on every node, in this order. */
export const DAEMONS: readonly Workload[] = [
  workload(
    'Static',
    'kube-system',
    'kube-proxy',
    ['network', 'platform'],
    [container('kube-proxy', 'registry.k8s.io/kube-proxy:v1.36.2', steady(0.004), 28, { requests: ['100m', '32Mi'] })],
    { hostNetwork: true },
  ),
  workload(
    'DaemonSet',
    'monitoring',
    'node-agent',
    ['agent', 'platform'],
    [
      container('agent', 'registry.example/obs/node-agent:3.4.0', steady(0.012), 60, {
        requests: ['20m', '64Mi'],
        limits: ['100m', '128Mi'],
      }),
    ],
    { hostNetwork: true },
  ),
  workload(
    'DaemonSet',
    'monitoring',
    'log-shipper',
    ['logs', 'platform'],
    [
      container('shipper', 'registry.example/obs/log-shipper:2.1.9', bursty(0.006, 0.08, 0.15), 48, {
        requests: ['25m', '48Mi'],
        limits: ['250m', '256Mi'],
      }),
    ],
  ),
];

/** A fixed number of each, spread over the nodes. */
export const SINGLES: readonly Workload[] = [
  workload(
    'StatefulSet',
    'shop',
    'postgres',
    ['database', 'checkout'],
    [
      container('postgres', 'registry.example/db/postgres:17.2', wavy(0.12), 640, {
        requests: ['500m', '1Gi'],
        limits: ['2', '2Gi'],
      }),
      container('exporter', 'registry.example/db/postgres-exporter:0.16.0', steady(0.002), 18, {
        requests: ['5m', '24Mi'],
      }),
    ],
    { claim: 'data', replicas: 2 },
  ),
  workload(
    'CronJob',
    'analytics',
    'report',
    ['batch', 'insights'],
    [
      container('report', 'registry.example/insights/report:12', bursty(0.15, 0.6, 0.5), 220, {
        growth: 0.6,
        requests: ['250m', '256Mi'],
        limits: ['1', '512Mi'],
      }),
    ],
    { replicas: 1 },
  ),
  workload(
    'Deployment',
    'shop',
    'recommender',
    ['ranking', 'insights'],
    [
      container('recommender', 'registry.example/shop/recommender:beta-5', steady(0), 0, {
        requests: ['200m', '256Mi'],
        limits: ['500m', '512Mi'],
      }),
    ],
    { broken: true, replicas: 1 },
  ),
  workload(
    'Deployment',
    'kube-system',
    'coredns',
    ['dns', 'platform'],
    [
      container('coredns', 'registry.k8s.io/coredns/coredns:v1.12.4', wavy(0.01), 32, {
        requests: ['100m', '70Mi'],
        limits: ['500m', '170Mi'],
      }),
    ],
    { replicas: 2 },
  ),
  workload(
    'Job',
    'shop',
    'migrate-schema',
    ['migration', 'checkout'],
    [container('migrate', 'registry.example/shop/migrate:88', steady(0.2), 96, { requests: ['100m', '128Mi'] })],
    { replicas: 1 },
  ),
  workload(
    'StatefulSet',
    'analytics',
    'kafka',
    ['broker', 'insights'],
    [
      container('kafka', 'registry.example/mq/kafka:4.1.0', wavy(0.2), 900, {
        growth: 0.3,
        requests: ['500m', '1536Mi'],
        limits: ['2', '3Gi'],
      }),
    ],
    { claim: 'log', replicas: 3, bytesPerCore: 20_000_000 },
  ),
];

/** Take turns filling what room is left. */
export const FILLERS: readonly Workload[] = [
  workload(
    'Deployment',
    'shop',
    'web',
    ['frontend', 'storefront'],
    [
      container('web', 'registry.example/shop/web:2026.11.3', wavy(0.09), 150, {
        requests: ['100m', '128Mi'],
        limits: ['500m', '256Mi'],
      }),
      SIDECAR,
    ],
    { bytesPerCore: 8_000_000 },
  ),
  workload(
    'Deployment',
    'shop',
    'checkout',
    ['backend', 'checkout'],
    [
      container('checkout', 'registry.example/shop/checkout:7.0.1', bursty(0.03, 0.4, 0.3), 210, {
        requests: ['150m', '256Mi'],
        limits: ['300m', '512Mi'],
      }),
      SIDECAR,
    ],
  ),
  workload(
    'Deployment',
    'analytics',
    'ingest',
    ['pipeline', 'insights'],
    [
      container('ingest', 'registry.example/insights/ingest:0.9.14', steady(0.11), 330, {
        growth: 0.5,
        requests: ['100m', '256Mi'],
        limits: ['400m', '600Mi'],
      }),
    ],
    { bytesPerCore: 12_000_000 },
  ),
  workload(
    'Deployment',
    'shop',
    'cart',
    ['backend', 'storefront'],
    [container('cart', 'registry.example/shop/cart:3.3.0', wavy(0.02), 80, { requests: ['50m', '96Mi'] })],
  ),
  // Nobody ever gave it requests or limits.
  workload(
    'Deployment',
    'legacy',
    'intranet',
    ['frontend', 'facilities'],
    [container('intranet', 'registry.example/legacy/intranet:1', steady(0.015), 260, { growth: 0.4 })],
  ),
];

/** Names of all namespaces, with the labels they have. */
export const NAMESPACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  analytics: { team: 'insights' },
  default: {},
  'kube-node-lease': {},
  'kube-public': {},
  'kube-system': {},
  legacy: { team: 'facilities' },
  monitoring: { team: 'platform' },
  shop: { team: 'storefront' },
};
