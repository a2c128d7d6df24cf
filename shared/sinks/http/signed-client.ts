import type { Authorizer } from '../auth/authorizer.ts';
import type { HttpClient } from './http-client.ts';

/** A client whose requests have the headers of an authorizer. Throws `SinkError` (code `sink_credentials`) if there are none. */
export function createSignedClient(client: HttpClient, authorizer: Authorizer): HttpClient {
  return {
    async send(request, signal) {
      const own = await authorizer.authorize(request, signal);
      return await client.send({ ...request, headers: { ...request.headers, ...own } }, signal);
    },
    close: () => client.close(),
  };
}
