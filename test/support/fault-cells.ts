import type { FaultProxy, ProxiedRequest, ProxyFault } from '../sim/fault-proxy.ts';

/** The faults of the matrix, in its order. */
export const FAULTS = {
  refuse: 'refuse',
  reset: { kind: 'reset' },
  hang: { kind: 'hang' },
  'slow drip': { kind: 'drip' },
  truncate: { kind: 'truncate' },
  'no HTTP': { kind: 'garbage' },
  'HTML page': { kind: 'page' },
  '401': { kind: 'status', status: 401 },
  '403': { kind: 'status', status: 403 },
  '404': { kind: 'status', status: 404 },
  '429': { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
  '500': { kind: 'status', status: 500 },
  '503': { kind: 'status', status: 503 },
  'clock off': { kind: 'clock', millis: 5 * 3_600_000 },
} as const satisfies Readonly<Record<string, ProxyFault | 'refuse'>>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

/** Lets a proxy do a fault to the first matching request, or to all of them; resolves when it does. */
export async function inject(
  proxy: FaultProxy,
  name: FaultName,
  { once, on = () => true }: { readonly once: boolean; readonly on?: (request: ProxiedRequest) => boolean },
): Promise<void> {
  const fault: ProxyFault | 'refuse' = FAULTS[name];
  if (fault === 'refuse') return await proxy.refuse();
  let left = once ? 1 : Number.POSITIVE_INFINITY;
  proxy.plan((request) => (on(request) && left-- > 0 ? fault : undefined));
}

/** Ends a fault. */
export async function heal(proxy: FaultProxy, name: FaultName): Promise<void> {
  proxy.plan(undefined);
  if (FAULTS[name] === 'refuse') await proxy.accept();
}
