import type { ClusterConnection } from '../clusters/connector.ts';
import type { RouteChoice } from '../clusters/route-options.ts';
import { parseSourceOptions } from '../clusters/source-options.ts';
import { cloudClusterName } from '../config/cloud-cluster-name.ts';
import type { ComponentUri, Config, ConfigNotice } from '../config/config.ts';
import type { Deadline } from '../core/deadline.ts';
import type { Millis } from '../core/units.ts';
import { createGate, type Gate } from '../fanout/gate.ts';
import type { ShardNode } from '../fanout/invoker.ts';
import { createSlowStart } from '../fanout/slow-start.ts';
import type { KubeClient } from '../kube/client.ts';
import { createGuestRules, type GuestRules } from '../kube/guest-rules.ts';
import type { RightsRoute } from '../kube/route-rights.ts';
import { beforeDeadline } from './before-deadline.ts';
import { decideRoute } from './decide-route.ts';
import type { Platform } from './platform.ts';
import { PARTS } from './registry.ts';
import { createSourceOpener, type SourceOpener } from './source-opener.ts';

const USER_AGENT = 'heapless';

/** One cluster as a source: its name, its options, and a client that is made on first use and kept while warm. */
export interface SourceRuntime {
  readonly uri: ComponentUri;
  /** Name in labels, dimensions and state keys. */
  readonly cluster: string;
  readonly hostIdAnnotation: string | undefined;
  /** Bounds what this process asks of the cluster at once, over all shards that run in it. */
  readonly gate: Gate;
  /** The route as configured. */
  readonly route: RouteChoice;
  /** Limits of rate, and when to stop asking in a tick. */
  readonly guest: GuestRules;
  /** Longest random delay of each of many shards; see `startDelay`. */
  readonly startJitter: Millis;
  /** Opens a route for a shard; see `SourceOpener`. */
  readonly open: SourceOpener['open'];
  /** What kubelets were asked at their own ports. */
  readonly kubelets: SourceOpener['kubelets'];
  /**
   * The route of a tick. `auto` is decided once in the life of the runtime, by trying; the decision that was just made is told in
   * `message`, as is that none could be made: then the tick goes through the proxy, and the next one tries again.
   */
  decide(
    nodes: readonly ShardNode[],
    deadline: Deadline,
  ): Promise<{ readonly route: RightsRoute; readonly message?: string }>;
  /**
   * The client. Throws `ConfigError` if the cluster cannot be connected to as configured, and `DeadlineError` if that is
   * not known by then; the next call tries again.
   */
  client(deadline: Deadline): Promise<KubeClient>;
  /** True if the server's certificate is not verified; known after the first `client()`. */
  insecure(): boolean;
  /** What is told on every tick: kubelets that anybody may pretend to be. */
  warnings(): readonly string[];
  close(): void;
}

export function createSourceRuntime(
  uri: ComponentUri,
  deps: {
    readonly config: Config;
    readonly platform: Platform;
    readonly notice: (notice: ConfigNotice) => void;
    readonly connect: () => Promise<ClusterConnection>;
  },
): SourceRuntime {
  const options = parseSourceOptions(uri);
  const cluster = options.cluster_name ?? deps.config.clusterName ?? cloudClusterName(uri) ?? 'default';
  if (cluster === 'default') {
    const notice = 'the cluster has no name; set HEAPLESS_CLUSTER_NAME or the option cluster_name (now "default")';
    deps.notice({ where: `source ${uri.key}`, notice });
  }
  const { clock, random } = deps.platform;
  const guest = createGuestRules({
    requestsPerSecond: options.max_requests_per_sec,
    bytesPerSecond: options.max_bytes_per_sec,
    busyLimit: options.busy_limit,
    clock,
  });
  let connected: Promise<{ readonly connection: ClusterConnection; readonly client: KubeClient }> | undefined;
  let insecure = false;
  const open = async (): Promise<{ readonly connection: ClusterConnection; readonly client: KubeClient }> => {
    const [connection, { createKubeClient }] = await Promise.all([deps.connect(), PARTS.clusterAccess()]);
    insecure = connection.insecure;
    return {
      connection,
      client: createKubeClient(connection, {
        clock,
        random,
        maxInFlight: deps.config.maxInFlight,
        userAgent: USER_AGENT,
        guest,
      }),
    };
  };
  const use = async (
    deadline: Deadline,
  ): Promise<{ readonly connection: ClusterConnection; readonly client: KubeClient }> => {
    connected ??= open();
    const opening = connected;
    try {
      return await beforeDeadline(opening, deadline, `connecting to cluster ${cluster}`);
    } catch (error) {
      // Another call may have begun anew already.
      if (connected === opening) connected = undefined;
      throw error;
    }
  };
  const opener = createSourceOpener({
    options,
    config: deps.config,
    platform: deps.platform,
    userAgent: USER_AGENT,
    guest,
    connection: async () => {
      connected ??= open();
      return (await connected).connection;
    },
  });
  let decided: RightsRoute | undefined = options.route === 'auto' ? undefined : options.route;
  return {
    uri,
    cluster,
    hostIdAnnotation: options.host_id_annotation,
    gate: createGate(deps.config.maxInFlight, createSlowStart()),
    route: options.route,
    guest,
    startJitter: options.start_jitter_sec,
    client: async (deadline) => (await use(deadline)).client,
    open: opener.open,
    kubelets: opener.kubelets,
    async decide(nodes, deadline) {
      if (decided !== undefined) return { route: decided };
      const { client } = await use(deadline);
      const warn = (): void => undefined;
      const timestamp = clock.now();
      const found = await decideRoute(nodes, {
        open: (route, by) => opener.open(route, { client, timestamp, deadline: by, warn }),
        deadline,
      });
      decided = found.route;
      return { route: found.route ?? 'proxy', message: found.message };
    },
    insecure: () => insecure,
    warnings: () => [
      ...(options.kubelet_insecure_tls ? ['kubelet_insecure_tls=true: certificates of kubelets are not verified'] : []),
      ...(options.kubeletHttps === false ? ['kubeletHttps=false: kubelets are asked without TLS'] : []),
    ],
    close() {
      opener.close();
      void connected?.then(
        ({ client }) => client.close(),
        () => undefined,
      );
    },
  };
}
