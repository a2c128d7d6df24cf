import type { ClusterConnection } from '../clusters/connector.ts';
import { parseSourceOptions } from '../clusters/source-options.ts';
import { cloudClusterName } from '../config/cloud-cluster-name.ts';
import type { ComponentUri, Config, ConfigNotice } from '../config/config.ts';
import type { Deadline } from '../core/deadline.ts';
import { createGate, type Gate } from '../fanout/gate.ts';
import type { KubeClient } from '../kube/client.ts';
import { createKubeClient } from '../kube/create-kube-client.ts';
import { beforeDeadline } from './before-deadline.ts';
import type { Platform } from './platform.ts';

const USER_AGENT = 'heapless';

/** One cluster as a source: its name, its options, and a client that is made on first use and kept while warm. */
export interface SourceRuntime {
  readonly uri: ComponentUri;
  /** Name in labels, dimensions and state keys. */
  readonly cluster: string;
  readonly hostIdAnnotation: string | undefined;
  /** Bounds what this process asks of the cluster at once, over all shards that run in it. */
  readonly gate: Gate;
  /**
   * The client. Throws `ConfigError` if the cluster cannot be connected to as configured, and `DeadlineError` if that is
   * not known by then; the next call tries again.
   */
  client(deadline: Deadline): Promise<KubeClient>;
  /** True if the server's certificate is not verified; known after the first `client()`. */
  insecure(): boolean;
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
  let connected: Promise<{ readonly connection: ClusterConnection; readonly client: KubeClient }> | undefined;
  let insecure = false;
  const open = async (): Promise<{ readonly connection: ClusterConnection; readonly client: KubeClient }> => {
    const connection = await deps.connect();
    insecure = connection.insecure;
    const { clock, random } = deps.platform;
    return {
      connection,
      client: createKubeClient(connection, {
        clock,
        random,
        maxInFlight: deps.config.maxInFlight,
        userAgent: USER_AGENT,
      }),
    };
  };
  return {
    uri,
    cluster,
    hostIdAnnotation: options.host_id_annotation,
    gate: createGate(deps.config.maxInFlight),
    async client(deadline) {
      connected ??= open();
      const opening = connected;
      try {
        return (await beforeDeadline(opening, deadline, `connecting to cluster ${cluster}`)).client;
      } catch (error) {
        // Another call may have begun anew already.
        if (connected === opening) connected = undefined;
        throw error;
      }
    },
    insecure: () => insecure,
    close() {
      void connected?.then(
        ({ client }) => client.close(),
        () => undefined,
      );
    },
  };
}
