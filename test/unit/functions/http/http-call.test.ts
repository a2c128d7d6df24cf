import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeBody, GZIP_TYPE } from '../../../../functions/http/body-codec.ts';
import { callFunction, type HttpTarget, MAX_ANSWER_BYTES } from '../../../../functions/http/http-call.ts';
import { createHttpInvoker, createHttpReducer } from '../../../../functions/http/http-invoker.ts';
import { systemClock } from '../../../../shared/core/clock.ts';
import { createDeadline, type Deadline } from '../../../../shared/core/deadline.ts';
import type { ShardRequest } from '../../../../shared/fanout/invoker.ts';
import type { ReduceRequest } from '../../../../shared/fanout/reducer.ts';

interface Heard {
  readonly method: string;
  readonly authorization: string;
  readonly type: string;
  readonly body: Buffer;
}

let server: Server;
let target: HttpTarget;
let heard: Heard[];
let answer: {
  readonly status: number;
  readonly type?: string;
  readonly body: string | Buffer;
  readonly location?: string;
};
let deadline: Deadline;

beforeEach(async () => {
  heard = [];
  answer = { status: 200, body: '{"version":1}' };
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { authorization = '', 'content-type': type = '' } = request.headers;
    heard.push({ method: request.method ?? '', authorization, type, body: Buffer.concat(chunks) });
    const { status, type: given = 'application/json', body, location } = answer;
    if (status === 0) return;
    response.writeHead(status, { 'content-type': given, ...(location === undefined ? {} : { location }) }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target = {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/scrape`),
    maxBytes: 1_000_000,
    authorize: async () => 'Bearer ours',
    advice: { 403: 'add us to the list' },
  };
  deadline = createDeadline(Date.now() + 10_000, systemClock);
});

afterEach(async () => {
  deadline[Symbol.dispose]();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const call = (request: unknown = { a: 1 }): Promise<unknown> =>
  callFunction({ request, what: 'shard s0' }, target, deadline);

describe('callFunction', () => {
  it('posts JSON with the token, and reads JSON', async () => {
    expect(await call()).toEqual({ version: 1 });
    expect(heard).toEqual([
      { method: 'POST', authorization: 'Bearer ours', type: 'application/json', body: Buffer.from('{"a":1}') },
    ]);
  });

  it('packs what is large, both ways', async () => {
    const large = { text: 'x'.repeat(2_000_000) };
    const packed = encodeBody(large);
    answer = { status: 200, type: packed.type, body: packed.bytes };

    expect(await call(large)).toEqual(large);
    expect(heard).toMatchObject([{ type: GZIP_TYPE }]);
    expect(heard[0]?.body.length).toBeLessThan(20_000);
  });

  it('sends nothing that is larger than the platform takes', async () => {
    target = { ...target, maxBytes: 5 };

    await expect(call()).rejects.toMatchObject({
      code: 'invoke_too_large',
      message: 'shard s0 is 7 bytes, the platform takes 5: lower HEAPLESS_SHARD_SIZE or HEAPLESS_GROUP_LIMIT',
    });
    expect(heard).toEqual([]);
  });

  it.each([
    [
      'a function that failed',
      { status: 500, body: '{"error":{"code":"x","message":"no disk"}}' },
      'invoke_failed',
      /^function scrape at 127.0.0.1:\d+ failed: no disk$/,
    ],
    ['a front that failed', { status: 502, body: '<html>' }, 'invoke_failed', /refused with HTTP 502$/],
    [
      'a function that does not know us',
      { status: 403, body: '{"error":{"message":"who?"}}' },
      'invoke_refused',
      /refused with HTTP 403: who\?; add us to the list$/,
    ],
    ['no such function', { status: 404, body: '' }, 'invoke_refused', /refused with HTTP 404$/],
    [
      'a redirect, to which no token is carried',
      { status: 302, body: '', location: 'http://127.0.0.1:1/' },
      'invoke_refused',
      /HTTP 302 \(a redirect, which is not followed\)/,
    ],
    ['a page', { status: 200, type: 'text/html', body: '<html>' }, 'invoke_failed', /answered no JSON/],
    ['a damaged pack', { status: 200, type: GZIP_TYPE, body: 'zzz' }, 'invoke_failed', /answered no JSON/],
  ])('rejects for %s', async (_, given, code, message) => {
    answer = given;

    await expect(call()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(heard.length).toBe(1);
  });

  it('rejects at the deadline', async () => {
    answer = { status: 0, body: '' };
    using short = createDeadline(Date.now() + 50, systemClock);

    await expect(callFunction({ request: {}, what: 'x' }, target, short)).rejects.toMatchObject({
      code: 'invoke_refused',
      message: expect.stringContaining('was not back by the deadline'),
    });
  });

  it('asks nobody without an identity', async () => {
    target = { ...target, authorize: () => Promise.reject(new Error('no metadata server')) };

    await expect(call()).rejects.toMatchObject({
      code: 'invoke_refused',
      message: expect.stringContaining('no token of our identity: no metadata server'),
    });
    expect(heard).toEqual([]);
  });

  it('says why nobody answers', async () => {
    target = { ...target, url: new URL('http://127.0.0.1:1/api/scrape') };

    await expect(call()).rejects.toMatchObject({
      code: 'invoke_refused',
      message: expect.stringMatching(/could not be called: fetch failed: /),
    });
  });
});

describe('the invoker and the reducer by HTTP', () => {
  it('give what a function of this version answers', async () => {
    const shard = await createHttpInvoker(target).invoke({ shard: 's0' } as ShardRequest, deadline);
    const totals = await createHttpReducer(target).reduce({ source: 0 } as ReduceRequest, deadline);

    expect([shard, totals]).toEqual([{ version: 1 }, { version: 1 }]);
  });

  it.each(['{"version":2}', '{}', 'null', '[]'])('reject the answer %s', async (body) => {
    answer = { status: 200, body };

    await expect(createHttpInvoker(target).invoke({ shard: 's0' } as ShardRequest, deadline)).rejects.toMatchObject({
      code: 'invoke_failed',
      message: expect.stringContaining('is of another version'),
    });
  });
});

describe('an answer beyond any of ours', () => {
  it('is not read to its end', async () => {
    answer = { status: 200, body: Buffer.alloc(MAX_ANSWER_BYTES + 1, 0x20) };

    await expect(call()).rejects.toMatchObject({
      code: 'invoke_failed',
      message: expect.stringMatching(/answered more than 33554432 bytes: lower HEAPLESS_SHARD_SIZE/),
    });
  });
});
