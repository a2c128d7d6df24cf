/** The address of an API server, or why it cannot be one. */
export type ServerUrl = { readonly server: string } | { readonly problem: string };

const LOOPBACK = /^(?:localhost|.+\.localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/i;

/** `https://host:port[/base]` without a trailing slash. `http:` only to this machine, or if `insecure` says so. */
export function parseServerUrl(text: string, { insecure }: { readonly insecure: boolean }): ServerUrl {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return { problem: 'the address of the API server must be https://HOST:PORT' };
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return { problem: 'the address of the API server may have no user, query or fragment' };
  }
  if (url.protocol === 'http:' && !insecure && !LOOPBACK.test(url.hostname)) {
    return { problem: 'http:// would send credentials unprotected; use https://, or insecure=true if that is meant' };
  }
  return { server: `${url.origin}${url.pathname}`.replace(/\/+$/, '') };
}
