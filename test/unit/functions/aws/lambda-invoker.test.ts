import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Invoke, MAX_PAYLOAD_BYTES } from '../../../../functions/aws/lambda-call.ts';
import { createLambdaInvoker, createLambdaReducer } from '../../../../functions/aws/lambda-invoker.ts';
import { systemClock } from '../../../../shared/core/clock.ts';
import { createDeadline, type Deadline } from '../../../../shared/core/deadline.ts';
import type { ShardRequest } from '../../../../shared/fanout/invoker.ts';
import type { ReduceRequest } from '../../../../shared/fanout/reducer.ts';

const REQUEST: ShardRequest = {
  version: 1,
  source: 0,
  timestamp: 60_000,
  scrapeBy: 80_000,
  endBy: 110_000,
  shard: 's0',
  inherit: [],
  nodes: [],
  whole: false,
  namespaceIds: {},
};

function later(): Deadline {
  return createDeadline(Date.now() + 60_000, systemClock);
}

function invokerOf(invoke: Invoke) {
  return createLambdaInvoker({ name: 'heapless-scrape', connect: async () => invoke });
}

function answering(answer: { readonly payload?: string; readonly error?: string }): Invoke {
  return async () => ({
    $metadata: {},
    ...(answer.payload === undefined ? {} : { Payload: Buffer.from(answer.payload) as never }),
    ...(answer.error === undefined ? {} : { FunctionError: answer.error }),
  });
}

function failing(name: string, message: string): Invoke {
  return async () => {
    throw Object.assign(new Error(message), { name });
  };
}

describe('the lambda invoker', () => {
  it('asks the function by name for an answer and hands over its JSON', async () => {
    const asked: unknown[] = [];
    const invoker = invokerOf(async (input, options) => {
      asked.push({ ...input, Payload: Buffer.from(input.Payload as Uint8Array).toString() });
      return answering({ payload: '{"version":1,"shard":"s0"}' })(input, options);
    });

    const partial = await invoker.invoke(REQUEST, later());

    expect(partial).toEqual({ version: 1, shard: 's0' });
    expect(asked).toEqual([
      { FunctionName: 'heapless-scrape', InvocationType: 'RequestResponse', Payload: JSON.stringify(REQUEST) },
    ]);
  });

  it('connects once for each call, with the deadline as its signal', async () => {
    const deadline = later();
    const signals: AbortSignal[] = [];
    const invoker = invokerOf(async (input, options) => {
      signals.push(options.abortSignal);
      return answering({ payload: '{"version":1}' })(input, options);
    });

    await invoker.invoke(REQUEST, deadline);

    expect(signals).toEqual([deadline.signal]);
  });

  it("rejects with the function's own message", async () => {
    const payload = '{"errorType":"ConfigError","errorMessage":"HEAPLESS_SINK: is not a sink"}';

    const invoked = invokerOf(answering({ payload, error: 'Unhandled' })).invoke(REQUEST, later());

    await expect(invoked).rejects.toMatchObject({
      code: 'invoke_failed',
      message: 'function heapless-scrape failed: HEAPLESS_SINK: is not a sink',
    });
  });

  it.each([
    ['a text', 'Task timed out after 50.00 seconds', /failed: Task timed out after 50/],
    ['nothing', '', /failed: no message/],
  ])('rejects with %s if the function died without a document', async (_, payload, message) => {
    await expect(invokerOf(answering({ payload, error: 'Unhandled' })).invoke(REQUEST, later())).rejects.toThrow(
      message,
    );
  });

  it.each([
    [
      'TooManyRequestsException',
      'Rate Exceeded.',
      /Rate Exceeded.; raise the concurrency quota.*HEAPLESS_SHARD_CONCURRENCY/,
    ],
    ['ResourceNotFoundException', 'Function not found', /deploy the stack again/],
    ['AccessDeniedException', 'not authorized', /needs lambda:InvokeFunction/],
    ['TimeoutError', 'socket hang up', /could not be invoked: socket hang up$/],
  ])('says what to do about %s', async (name, said, message) => {
    await expect(invokerOf(failing(name, said)).invoke(REQUEST, later())).rejects.toThrow(message);
  });

  it('says that the shard was late when the deadline passed', async () => {
    using deadline = createDeadline(Date.now() - 1, systemClock);

    const invoked = invokerOf(failing('AbortError', 'Request aborted')).invoke(REQUEST, deadline);

    await expect(invoked).rejects.toThrow('function heapless-scrape was not back by the deadline');
  });

  it('sends nothing that Lambda would refuse for its size', async () => {
    // Random, so that packing it does not help.
    const namespaceIds = { big: randomBytes(MAX_PAYLOAD_BYTES).toString('base64') };
    let called = false;
    const invoker = invokerOf(async (input, options) => {
      called = true;
      return answering({ payload: '{"version":1}' })(input, options);
    });

    const invoked = invoker.invoke({ ...REQUEST, namespaceIds }, later());

    await expect(invoked).rejects.toMatchObject({
      code: 'invoke_too_large',
      message: /shard s0 is \d+ bytes.*HEAPLESS_SHARD_SIZE/,
    });
    expect(called).toBe(false);
  });

  it.each([
    ['another version', '{"version":2}', /of another version/],
    ['no object', 'null', /of another version/],
    ['no JSON', '<html>', /answered no JSON/],
  ])('rejects an answer that is %s', async (_, payload, message) => {
    await expect(invokerOf(answering({ payload })).invoke(REQUEST, later())).rejects.toThrow(message);
  });
});

describe('the lambda reducer', () => {
  it('hands the totals to the reduce function', async () => {
    const names: (string | undefined)[] = [];
    const reducer = createLambdaReducer({
      name: 'heapless-reduce',
      connect: async () => async (input, options) => {
        names.push(input.FunctionName);
        return answering({ payload: '{"version":1,"points":7}' })(input, options);
      },
    });

    const result = await reducer.reduce({ version: 1, source: 0 } as ReduceRequest, later());

    expect(result).toMatchObject({ points: 7 });
    expect(names).toEqual(['heapless-reduce']);
  });
});
