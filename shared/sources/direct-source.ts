import type { KubeletClient } from '../kube/create-kubelet-client.ts';
import { isNodeName } from '../kube/node-name.ts';
import type { SummaryOptions } from './proxy-source.ts';
import type { Source } from './source.ts';
import { toSummaryDocument } from './summary-document.ts';

/** Kubelets' summaries at their own ports, from inside the network: right `get nodes/stats`. */
export function createDirectSource(
  client: Pick<KubeletClient, 'getSummary'>,
  options: SummaryOptions & {
    /** Port of all kubelets; undefined = as each node says, else `defaultPort`. */
    readonly port: number | undefined;
    readonly defaultPort: number;
  },
): Source {
  const { maxBytes, light, port, defaultPort } = options;
  return {
    route: 'direct',
    asksNodes: true,
    async scrape({ name, kubelet }, deadline) {
      if (!isNodeName(name)) {
        const message = `${JSON.stringify(name.slice(0, 100))} cannot be the name of a node: nothing was asked`;
        return { status: 'failed', reason: 'invalid', message };
      }
      const endpoint = { node: name, host: kubelet?.host ?? '', port: port ?? kubelet?.port ?? defaultPort };
      return toSummaryDocument(await client.getSummary(endpoint, { deadline, maxBytes, light }));
    },
  };
}
