import type { ClusterConnection } from '../clusters/connector.ts';
import type { Clock } from '../core/clock.ts';
import type { KubeResult, KubeUsage, SummaryRequest } from './client.ts';
import type { GuestRules } from './guest-rules.ts';
import { createKubeletTransport, type KubeletEndpoint, type KubeletTrust } from './kubelet-transport.ts';
import { createRequester, toBody } from './requester.ts';
import { LIGHT_SUMMARY, SUMMARY } from './summary-path.ts';

/** Asks kubelets at their own ports. The only right that it needs is `get nodes/stats`. */
export interface KubeletClient {
  /** Raw body of the kubelet's `/stats/summary`, at most `maxBytes`. */
  getSummary(kubelet: KubeletEndpoint, options: SummaryRequest): Promise<KubeResult<Buffer>>;
  usage(): KubeUsage;
  close(): void;
}

/** Logs in as the cluster's connection does; with plain HTTP not at all, so that no token travels in the clear. */
export function createKubeletClient(
  connection: Pick<ClusterConnection, 'authenticate'>,
  trust: KubeletTrust,
  settings: {
    readonly clock: Clock;
    readonly random: () => number;
    readonly maxInFlight: number;
    readonly userAgent: string;
    readonly guest?: GuestRules | undefined;
  },
): KubeletClient {
  const login = trust.https ? { authenticate: connection.authenticate } : { authenticate: async () => ({}) };
  const transport = createKubeletTransport(trust, {
    maxSockets: settings.maxInFlight,
    userAgent: settings.userAgent,
  });
  const requester = createRequester(login, transport, settings);
  return {
    async getSummary(endpoint, { deadline, maxBytes, light = false }) {
      const answer = await requester.get({
        endpoint,
        path: light ? LIGHT_SUMMARY : SUMMARY,
        target: { verb: 'get', resource: 'nodes/stats' },
        headers: { accept: 'application/json', 'accept-encoding': 'identity' },
        maxBytes,
        deadline,
      });
      return toBody(answer);
    },
    usage: requester.usage,
    close: requester.close,
  };
}
