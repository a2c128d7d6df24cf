import type { UnixMillis } from '../../core/units.ts';
import type { SendOutcome } from '../sink.ts';
import { classifyAnswer, classifyFault, type HttpRules } from './classify-http.ts';
import type { HttpClient, HttpRequest } from './http-client.ts';

const NOTHING = new Uint8Array(0);

/** Asks a backend a question without a body and makes an outcome of its answer. Throws never. */
export async function checkHttp(
  client: HttpClient,
  request: Omit<HttpRequest, 'body' | 'method'>,
  context: { readonly rules: HttpRules; readonly now: () => UnixMillis; readonly signal: AbortSignal },
): Promise<SendOutcome> {
  try {
    const answer = await client.send({ ...request, method: 'GET', body: NOTHING }, context.signal);
    return classifyAnswer(answer, context.rules, context.now());
  } catch (error) {
    return classifyFault(error, context.rules);
  }
}
