/** `http://host:9200` of each node of a cluster, as `GET /_nodes/http` tells them. */
export function readNodeAddresses(body: Uint8Array, protocol: string): readonly URL[] {
  const { nodes = {} } = JSON.parse(Buffer.from(body).toString('utf8')) as {
    readonly nodes?: Readonly<Record<string, { readonly http?: { readonly publish_address?: unknown } }>>;
  };
  return Object.values(nodes).flatMap(({ http }) => {
    // `host/10.0.0.1:9200` or `10.0.0.1:9200`.
    const text = typeof http?.publish_address === 'string' ? http.publish_address : '';
    const [, name, port] = /^(?:([^/]+)\/)?[^/]*:(\d+)$/.exec(text) ?? [];
    const host = name ?? text.slice(0, text.lastIndexOf(':'));
    const url = `${protocol}//${host}:${port}`;
    return port !== undefined && URL.canParse(url) ? [new URL(url)] : [];
  });
}
