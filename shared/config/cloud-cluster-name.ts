import type { ComponentUri } from './config.ts';

/** Schemes that name a cluster by its cloud: `eks://region/name`, `gke://project/location/name`, `aks://subscription/group/name`. */
export const CLOUD_SCHEMES = ['eks', 'gke', 'aks'] as const;

/** The last part of a cloud's address: the cluster's own name; undefined for other addresses. */
export function cloudClusterName({ scheme, path }: Pick<ComponentUri, 'scheme' | 'path'>): string | undefined {
  if (!CLOUD_SCHEMES.some((cloud) => cloud === scheme)) return undefined;
  return path.split('/').at(-1) || undefined;
}
