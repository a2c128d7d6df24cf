import { describe, expect, it } from 'vitest';
import { answerCall, type HttpCall, type HttpFunction } from '../../../../functions/http/answer-call.ts';
import { encodeBody, GZIP_TYPE } from '../../../../functions/http/body-codec.ts';
import { ConfigError, HeaplessError } from '../../../../shared/core/errors.ts';

type Request = { readonly version: 1; readonly endBy: number };
const REQUEST: Request = { version: 1, endBy: 5 };

function callOf(body: string | Uint8Array, more: Partial<HttpCall> = {}): HttpCall {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return {
    method: 'POST',
    authorization: 'Bearer x',
    contentType: 'application/json',
    body: async () => new Uint8Array(bytes),
    ...more,
  };
}

function functionOf(more: Partial<HttpFunction<Request>> = {}): HttpFunction<Request> & { readonly errors: unknown[] } {
  const errors: unknown[] = [];
  return {
    name: 'scrape',
    verify: async () => 'us',
    maxBytes: 1_000,
    work: async (request) => ({ version: 1, got: request.endBy }),
    onError: (error) => errors.push(error),
    errors,
    ...more,
  };
}

async function answer(call: HttpCall, one = functionOf()): Promise<readonly [number, unknown]> {
  const { status, bytes } = await answerCall(call, one);
  return [status, JSON.parse(Buffer.from(bytes).toString())];
}

describe('answerCall', () => {
  it('does the work of a request and answers JSON', async () => {
    expect(await answer(callOf(JSON.stringify(REQUEST)))).toEqual([200, { version: 1, got: 5 }]);
  });

  it('takes and gives what is packed', async () => {
    const large = { ...REQUEST, text: 'x'.repeat(2_000_000) };
    const { type, bytes } = encodeBody(large);

    const given = await answerCall(
      callOf(bytes, { contentType: type }),
      functionOf({ maxBytes: 1e6, work: async (request) => request }),
    );

    expect([given.status, given.type]).toEqual([200, GZIP_TYPE]);
  });

  it('reads no byte of a caller that is not let in', async () => {
    const refuse = new HeaplessError('who are you', { code: 'caller_unknown' });
    const one = functionOf({ verify: () => Promise.reject(refuse) });
    const unread = callOf('', { body: () => Promise.reject(new Error('was read')) });

    expect(await answer(unread, one)).toEqual([401, { error: { code: 'caller_unknown', message: 'who are you' } }]);
    expect(one.errors).toEqual([refuse]);
  });

  it('tells a stranger nothing of why callers cannot be checked', async () => {
    const why = new ConfigError([{ where: 'HEAPLESS_X', problem: 'is not set' }]);
    const one = functionOf({ verify: () => Promise.reject(why) });

    expect(await answer(callOf('{}'), one)).toEqual([
      500,
      { error: { code: 'caller_unchecked', message: 'callers cannot be checked; see the log of this function' } },
    ]);
    expect(one.errors).toEqual([why]);
  });

  it.each([
    ['another method', callOf('{}', { method: 'GET' }), 400, 'only POST'],
    ['no JSON', callOf('hello'), 400, 'is no JSON'],
    ['nothing', callOf(''), 400, 'is no JSON'],
    ['text that is not UTF-8', callOf(new Uint8Array([0x22, 0xff, 0x22])), 400, 'is no JSON'],
    ['a damaged pack', callOf('zzz', { contentType: GZIP_TYPE }), 400, 'is no JSON'],
    ['another document', callOf('{"version":1}'), 400, 'no request of this version'],
    ['null', callOf('null'), 400, 'no request of this version'],
    ['too much', callOf(' '.repeat(1_001)), 413, 'the request is 1001 bytes, 1000 are taken'],
  ])('refuses %s', async (_, call, status, said) => {
    expect(await answer(call)).toEqual([
      status,
      {
        error: { code: status === 413 ? 'invoke_too_large' : 'event_invalid', message: expect.stringContaining(said) },
      },
    ]);
  });

  it.each([
    ['of ours', new HeaplessError('no disk', { code: 'state_unavailable' }), 'state_unavailable', 'no disk'],
    ['of another kind', new TypeError('x is undefined'), 'unexpected', 'x is undefined'],
  ])('answers a failure %s with its message', async (_, failure, code, message) => {
    const one = functionOf({ work: () => Promise.reject(failure) });

    expect(await answer(callOf(JSON.stringify(REQUEST)), one)).toEqual([500, { error: { code, message } }]);
    expect(one.errors).toEqual([failure]);
  });
});
