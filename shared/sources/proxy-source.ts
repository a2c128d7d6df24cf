import type { KubeClient } from '../kube/client.ts';
import type { Source } from './source.ts';
import { toSummaryDocument } from './summary-document.ts';

/** Options that all routes to kubelets have. */
export interface SummaryOptions {
  readonly maxBytes: number;
  /** CPU and memory alone. */
  readonly light: boolean;
}

/** Kubelets' summaries through the API server's node proxy: right `get nodes/proxy`. */
export function createProxySource(client: Pick<KubeClient, 'getSummary'>, options: SummaryOptions): Source {
  const { maxBytes, light } = options;
  return {
    route: 'proxy',
    asksNodes: true,
    async scrape({ name }, deadline) {
      return toSummaryDocument(await client.getSummary(name, { deadline, maxBytes, light }));
    },
  };
}
