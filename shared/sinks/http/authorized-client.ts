import { HeaplessError } from '../../core/errors.ts';
import type { UnixMillis } from '../../core/units.ts';
import type { Authorizer } from '../auth/authorizer.ts';
import type { SendOutcome } from '../sink.ts';
import { classifyFault, type HttpRules } from './classify-http.ts';
import type { HttpAnswer } from './http-answer.ts';
import type { HttpClient, HttpRequest } from './http-client.ts';

type Headers = Readonly<Record<string, string>>;

/** Sends requests with the headers of an authorizer. */
export interface AuthorizedClient {
  /**
   * What `classify` makes of the answer; a request that got none is an outcome too. A refused token (401) is forgotten and
   * the request sent once more, if there is another one. Throws never.
   */
  exchange(
    request: HttpRequest,
    signal: AbortSignal,
    classify: (answer: HttpAnswer, now: UnixMillis) => SendOutcome,
  ): Promise<SendOutcome>;
  close(): void;
}

export function createAuthorizedClient(deps: {
  readonly client: HttpClient;
  readonly authorizer: Authorizer;
  readonly rules: HttpRules;
  readonly now: () => UnixMillis;
}): AuthorizedClient {
  const { client, authorizer, rules, now } = deps;
  const send = (request: HttpRequest, own: Headers, signal: AbortSignal): Promise<HttpAnswer> =>
    client.send({ ...request, headers: { ...request.headers, ...own } }, signal);
  return {
    async exchange(request, signal, classify) {
      try {
        const own = await authorizer.authorize(request, signal);
        const answer = await send(request, own, signal);
        if (answer.status !== 401) return classify(answer, now());
        authorizer.renew();
        const renewed = await authorizer.authorize(request, signal);
        if (renewed['authorization'] === own['authorization']) return classify(answer, now());
        return classify(await send(request, renewed, signal), now());
      } catch (error) {
        if (!(error instanceof HeaplessError)) return classifyFault(error, rules);
        if (error.retryable) return { status: 'retryable', cause: error, ambiguous: false };
        return { status: 'rejected', cause: error };
      }
    },
    close: () => client.close(),
  };
}
