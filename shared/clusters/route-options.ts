import { booleanOption, choiceOption, secondsOption, textOption, wholeNumberOption } from '../config/option-types.ts';
import type { Millis } from '../core/units.ts';

/** How a source may reach what its nodes use; `auto` is one of the others, decided by trying. */
export const ROUTE_CHOICES = ['proxy', 'direct', 'metrics-api', 'auto'] as const;
export type RouteChoice = (typeof ROUTE_CHOICES)[number];

/** Options of a source that say by which way it asks, and how hard. */
export const ROUTE_FIELDS = {
  route: choiceOption(ROUTE_CHOICES, { default: 'proxy' }).describe(
    "Way to the nodes' usage: the API server's node proxy; each kubelet's own port (from inside the network); the Metrics API (CPU and working set only); or the first of direct, proxy and metrics-api that works.",
  ),
  only_cpu_and_memory: booleanOption(false).describe(
    'Light mode: kubelets are asked for CPU and memory alone. The Metrics API never has more.',
  ),
  kubeletPort: wholeNumberOption({ min: 1, max: 65_535 }).describe(
    "Port of the kubelets with route=direct; the node's own word, then 10250 (10255 with kubeletHttps=false) if not given.",
  ),
  kubeletHttps: booleanOption(undefined).describe(
    'TLS to the kubelets with route=direct; true if not given. False asks the read-only port, without our token.',
  ),
  kubelet_ca_file: textOption({}).describe(
    "PEM file that kubelets' certificates must chain to with route=direct; the cluster's CA if not given.",
  ),
  kubelet_insecure_tls: booleanOption(false).describe(
    'Do not verify the certificates of kubelets with route=direct. Whoever answers at the address of a node gets our token.',
  ),
  kubelet_local_addresses: booleanOption(false).describe(
    'With route=direct, also ask nodes whose address is loopback, link-local or otherwise no address of a machine in a network.',
  ),
  max_requests_per_sec: wholeNumberOption({ min: 1, max: 100_000, default: 1_000 }).describe(
    'Most requests a second to the cluster, over all shards; twice as many may come at once after a rest.',
  ),
  max_bytes_per_sec: wholeNumberOption({ min: 100_000, max: 100_000_000_000, default: 100_000_000 }).describe(
    'Most bytes a second from the cluster, over all shards; twice as many may come at once after a rest.',
  ),
  start_jitter_sec: secondsOption({ min: 0, max: 60, default: 2 }).describe(
    'Shards that run at once start at random within this time: all of it with twenty others beside them, a twentieth with one. A single one starts at once.',
  ),
  busy_limit: wholeNumberOption({ min: 1, max: 100_000, default: 50 }).describe(
    'So many answers 429 or 503 more than good ones, in a tick of a shard, and the rest of its nodes is not asked.',
  ),
};

/** The values of `ROUTE_FIELDS`. */
export interface RouteOptions {
  readonly route: RouteChoice;
  readonly only_cpu_and_memory: boolean;
  readonly kubeletPort: number | undefined;
  readonly kubeletHttps: boolean | undefined;
  readonly kubelet_ca_file: string | undefined;
  readonly kubelet_insecure_tls: boolean;
  readonly kubelet_local_addresses: boolean;
  readonly max_requests_per_sec: number;
  readonly max_bytes_per_sec: number;
  readonly start_jitter_sec: Millis;
  readonly busy_limit: number;
}

/** What of the options has no effect with the route, in sentences. */
export function routeNotices(options: RouteOptions): readonly string[] {
  const { route } = options;
  const notices: string[] = [];
  if (route === 'proxy' || route === 'metrics-api') {
    for (const [name, given] of kubeletOptions(options)) {
      if (given) notices.push(`${name} has no effect with route=${route}: it is for route=direct`);
    }
  }
  if (route === 'metrics-api' && options.only_cpu_and_memory)
    notices.push('only_cpu_and_memory has no effect with route=metrics-api: it has nothing else');
  return notices;
}

/** Options that cannot all be meant. */
export function routeProblems(options: RouteOptions): readonly string[] {
  const problems: string[] = [];
  if (options.kubelet_insecure_tls && options.kubelet_ca_file !== undefined)
    problems.push('kubelet_insecure_tls cannot be used with kubelet_ca_file: it turns verification off');
  if (options.kubeletHttps === false) {
    const tls = [
      ['kubelet_insecure_tls', options.kubelet_insecure_tls],
      ['kubelet_ca_file', options.kubelet_ca_file !== undefined],
    ].filter(([, given]) => given === true);
    for (const [name] of tls) problems.push(`kubeletHttps=false cannot be used with ${name}: there is no TLS`);
  }
  return problems;
}

function kubeletOptions(options: RouteOptions): readonly (readonly [string, boolean])[] {
  return [
    ['kubeletPort', options.kubeletPort !== undefined],
    ['kubeletHttps', options.kubeletHttps !== undefined],
    ['kubelet_ca_file', options.kubelet_ca_file !== undefined],
    ['kubelet_insecure_tls', options.kubelet_insecure_tls],
    ['kubelet_local_addresses', options.kubelet_local_addresses],
  ];
}
