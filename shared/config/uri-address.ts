import type { ComponentUri } from './config.ts';

/**
 * `host:port` of a URI however it was written: `tcp://host:2003`, `10.0.0.1:2878`, or `host:2878`, which Go's grammar
 * reads as scheme `host` with the opaque part `2878`. Empty if the URI has no host.
 */
export function uriAddress(uri: ComponentUri): string {
  if (uri.host !== '') return uri.host;
  return uri.scheme !== '' && /^\d{1,5}$/.test(uri.path) ? `${uri.scheme}:${uri.path}` : '';
}
