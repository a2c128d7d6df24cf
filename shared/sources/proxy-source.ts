import type { KubeClient } from '../kube/client.ts';
import type { Source } from './source.ts';

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
      const result = await client.getSummary(name, { deadline, maxBytes, light });
      if (result.status === 'failed') return result;
      return { status: 'ok', value: { kind: 'summary', body: result.value }, bytes: result.bytes };
    },
  };
}
