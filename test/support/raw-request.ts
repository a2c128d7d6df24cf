import type { IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request whose path goes out as it is written: `..`, `%2f` and `//` included. */
export function rawRequest(
  server: { readonly url: string; readonly ca: string },
  path: string,
  options: {
    readonly token?: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    /** Name that the certificate must have, if it is not the host's. */
    readonly name?: string;
  } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(server.url);
  const { token, method = 'GET', headers, body, name } = options;
  return new Promise((resolve, reject) => {
    const request = httpsRequest({
      host: hostname,
      port: Number(port),
      path,
      method,
      ca: server.ca,
      agent: false,
      ...(name !== undefined && { servername: name }),
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' });
    });
    request.on('error', reject);
    request.end(body);
  });
}
