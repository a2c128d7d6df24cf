import type { HttpRequest } from '../http/http-client.ts';

/** Gives each request of a sink the headers that say who asks. Tokens are cached inside, below their life. */
export interface Authorizer {
  /** Where the credentials come from, for the sentence of a refusal; never a secret. */
  readonly source: string;
  /** Headers to add. Throws `SinkError` (code `sink_credentials`) if there are none to be had. */
  authorize(request: HttpRequest, signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** Forgets a cached token, after a 401. */
  renew(): void;
}
