import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { SinkError } from '../../../shared/core/errors.ts';
import type { Authorizer } from '../../../shared/sinks/auth/authorizer.ts';
import { createFixedAuthorizer } from '../../../shared/sinks/auth/fixed.ts';
import { createAuthorizedClient } from '../../../shared/sinks/http/authorized-client.ts';
import { classifyAnswer, type HttpRules } from '../../../shared/sinks/http/classify-http.ts';
import { createHttpClient } from '../../../shared/sinks/http/http-client.ts';
import type { SendOutcome } from '../../../shared/sinks/sink.ts';

/** A server that takes one token and answers 401 to others. */
async function startGuarded(token: string): Promise<AsyncDisposable & { readonly url: URL; readonly seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    seen.push(request.headers.authorization ?? 'nothing');
    response.writeHead(request.headers.authorization === `Bearer ${token}` ? 204 : 401).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/write`),
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Gives the tokens one after the other, the next after each renewal. */
function rotating(tokens: readonly string[]): Authorizer {
  let at = 0;
  return {
    source: 'the test',
    authorize: async () => ({ authorization: `Bearer ${tokens[Math.min(at, tokens.length - 1)]}` }),
    renew() {
      at++;
    },
  };
}

async function send(url: URL, authorizer: Authorizer): Promise<SendOutcome> {
  const rules: HttpRules = { backend: 'The test', credentials: authorizer.source };
  const client = createAuthorizedClient({
    client: createHttpClient({ concurrency: 1, requestTimeout: 5_000 }),
    authorizer,
    rules,
    now: () => 0,
  });
  try {
    const request = { method: 'POST', url, headers: {}, body: Buffer.from('x') } as const;
    return await client.exchange(request, AbortSignal.timeout(5_000), (answer, now) =>
      classifyAnswer(answer, rules, now),
    );
  } finally {
    client.close();
  }
}

describe('an authorized client', () => {
  it('renews a refused token once and sends again', async () => {
    await using server = await startGuarded('two');

    const outcome = await send(server.url, rotating(['one', 'two']));

    expect(outcome).toEqual({ status: 'delivered' });
    expect(server.seen).toEqual(['Bearer one', 'Bearer two']);
  });

  it('renews no second time', async () => {
    await using server = await startGuarded('three');

    const outcome = await send(server.url, rotating(['one', 'two', 'three']));

    expect(outcome.status).toBe('rejected');
    expect(server.seen).toHaveLength(2);
  });

  it('does not repeat what cannot be renewed', async () => {
    await using server = await startGuarded('two');

    const outcome = await send(server.url, createFixedAuthorizer('token=', { authorization: 'Bearer one' }));

    expect(outcome).toMatchObject({
      status: 'rejected',
      cause: { message: 'The test refuses the credentials or their rights (token=): HTTP 401' },
    });
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    [false, { status: 'rejected' }],
    [true, { status: 'retryable', ambiguous: false }],
  ])('sends nothing without credentials; another try is worth it: %s', async (retryable, outcome) => {
    await using server = await startGuarded('two');
    const error = new SinkError('no credentials from the test', { code: 'sink_credentials', retryable });
    const broken: Authorizer = { source: 'the test', authorize: () => Promise.reject(error), renew() {} };

    expect(await send(server.url, broken)).toMatchObject({ ...outcome, cause: error });
    expect(server.seen).toEqual([]);
  });
});
