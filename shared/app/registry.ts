/**
 * Parts of the use-cases that a function may never reach: what runs shards and the reduction in a tick's own process, what talks to
 * a cluster, and what reads the documents of a route. Each is loaded when its work begins.
 */
export const PARTS = {
  inlineInvoker: () => import('./inline-invoker.ts'),
  reduce: () => import('./reduce.ts'),
  clusterAccess: () => import('./cluster-access.ts'),
  directRoute: () => import('./direct-route.ts'),
  metricsSource: () => import('../sources/metrics-api/metrics-source.ts'),
  summaryDecoder: () => import('../sources/summary-api/decode-summary.ts'),
  metricsDecoder: () => import('../sources/metrics-api/decode-metrics.ts'),
} as const;
