import type { ComponentUri } from '../../config/config.ts';

/** The `http://host:port/path` of a sink's URI, or what is wrong with it. User and password are left out of it. */
export type HttpAddress = { readonly url: URL } | { readonly problem: string };

/** Reads the address of a URI like `influxdb:http://host:8086`; `byDefault` is used if there is none. */
export function readHttpAddress(uri: ComponentUri, byDefault?: string): HttpAddress {
  const { scheme, host, path } = uri;
  if (scheme === '' && host === '' && path === '') {
    if (byDefault !== undefined) return { url: new URL(byDefault) };
    return { problem: `needs an address, like ${uri.key}:https://host/path` };
  }
  if (scheme !== 'http' && scheme !== 'https') {
    return { problem: `needs an address that begins with http:// or https://, got ${uri.shown}` };
  }
  const text = `${scheme}://${host}${path}`;
  return URL.canParse(text) ? { url: new URL(text) } : { problem: `has an address that is no URL, got ${uri.shown}` };
}
