import type { ClusterConnection } from '../clusters/connector.ts';
import type { RouteOptions } from '../clusters/route-options.ts';
import type { Config } from '../config/config.ts';
import type { Deadline } from '../core/deadline.ts';
import type { UnixMillis } from '../core/units.ts';
import type { KubeClient, KubeUsage } from '../kube/client.ts';
import type { KubeletClient } from '../kube/create-kubelet-client.ts';
import type { GuestRules } from '../kube/guest-rules.ts';
import type { RightsRoute } from '../kube/route-rights.ts';
import type { MetricsLists } from '../sources/metrics-api/metrics-source.ts';
import { createProxySource } from '../sources/proxy-source.ts';
import type { Source } from '../sources/source.ts';
import type { Platform } from './platform.ts';
import { PARTS } from './registry.ts';

/** Ports of kubelets: with TLS, and the read-only one that Heapster asked by default. */
const KUBELET_PORT = 10_250;
const READ_ONLY_PORT = 10_255;

/** Opens the routes of one cluster, each with what it needs and no more. */
export interface SourceOpener {
  /**
   * The route's source for one shard of a tick. Throws `HeaplessError` if the authority of kubelets cannot be read. Shards of one
   * tick in one process share the Metrics API's lists, which end by `deadline` of the first.
   */
  open(
    route: RightsRoute,
    tick: {
      readonly client: KubeClient;
      readonly timestamp: UnixMillis;
      readonly deadline: Deadline;
      readonly warn: (warning: string) => void;
    },
  ): Promise<Source>;
  /** What kubelets were asked at their own ports. */
  kubelets(): KubeUsage;
  close(): void;
}

const NOTHING_ASKED: KubeUsage = { requests: 0, bytes: 0, retries: 0, peakInFlight: 0, skew: undefined };

export function createSourceOpener(deps: {
  readonly options: RouteOptions;
  readonly config: Pick<Config, 'maxInFlight' | 'maxSummaryBytes'>;
  readonly platform: Pick<Platform, 'clock' | 'random' | 'readFile'>;
  readonly userAgent: string;
  readonly guest: GuestRules;
  readonly connection: () => Promise<ClusterConnection>;
}): SourceOpener {
  const { options, config, platform, userAgent, guest } = deps;
  const summary = { maxBytes: config.maxSummaryBytes, light: options.only_cpu_and_memory };
  let kubelets: KubeletClient | undefined;
  /** Held by the shards alone: it is gone when the last of them has ended. */
  let lists: { readonly timestamp: UnixMillis; readonly promise: WeakRef<Promise<MetricsLists>> } | undefined;

  const openKubelets = async (): Promise<KubeletClient> => {
    const { checkAuthority, createKubeletClient, readText } = await PARTS.directRoute();
    const connection = await deps.connection();
    const path = options.kubelet_ca_file;
    const what = 'kubelet_ca_file';
    const ca =
      path === undefined
        ? connection.ca
        : checkAuthority(await readText(what, path, platform.readFile), `${what} ${path}`, platform.clock.now());
    const trust = {
      https: options.kubeletHttps !== false,
      ca,
      insecure: options.kubelet_insecure_tls,
      localAddresses: options.kubelet_local_addresses,
      clientCertificate: connection.clientCertificate,
    };
    const { clock, random } = platform;
    kubelets ??= createKubeletClient(connection, trust, {
      clock,
      random,
      maxInFlight: config.maxInFlight,
      userAgent,
      guest,
    });
    return kubelets;
  };

  const metricsOf = (timestamp: UnixMillis, list: () => Promise<MetricsLists>): Promise<MetricsLists> => {
    const known = lists?.timestamp === timestamp ? lists.promise.deref() : undefined;
    if (known !== undefined) return known;
    const promise = list();
    lists = { timestamp, promise: new WeakRef(promise) };
    void promise.then((listed) => {
      // Another run of the same tick lists again what failed.
      if (listed.nodes.status === 'failed' && lists?.promise.deref() === promise) lists = undefined;
    });
    return promise;
  };

  return {
    async open(route, { client, timestamp, deadline, warn }) {
      switch (route) {
        case 'proxy':
          return createProxySource(client, summary);
        case 'direct': {
          const defaultPort = options.kubeletHttps === false ? READ_ONLY_PORT : KUBELET_PORT;
          // Of a node's own word only the port with TLS is known.
          const port = options.kubeletPort ?? (options.kubeletHttps === false ? READ_ONLY_PORT : undefined);
          const { createDirectSource } = await PARTS.directRoute();
          return createDirectSource(kubelets ?? (await openKubelets()), { ...summary, port, defaultPort });
        }
        case 'metrics-api': {
          const { createMetricsSource, listMetrics } = await PARTS.metricsSource();
          const metrics = metricsOf(timestamp, () => listMetrics(client, deadline));
          return createMetricsSource(metrics, warn);
        }
      }
    },
    kubelets: () => kubelets?.usage() ?? NOTHING_ASKED,
    close: () => kubelets?.close(),
  };
}
