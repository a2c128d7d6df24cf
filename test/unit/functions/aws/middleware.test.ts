import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { type DeadlineContext, deadlineMiddleware } from '../../../../functions/aws/deadline-middleware.ts';
import { errorMiddleware } from '../../../../functions/aws/error-middleware.ts';
import type { Clock } from '../../../../shared/core/clock.ts';
import type { Deadline } from '../../../../shared/core/deadline.ts';
import { ConfigError, HeaplessError } from '../../../../shared/core/errors.ts';

const NOW = Date.UTC(2026, 10, 24);
const clock: Clock = { now: () => NOW, sleep: async () => {} };

function contextOf(left: number): Context {
  const context: Partial<Context> = {
    functionName: 'heapless-dev-tick',
    awsRequestId: 'request-1',
    getRemainingTimeInMillis: () => left,
  };
  return context as Context;
}

function handlerOf(work: (deadline: Deadline) => unknown, lines: string[] = []) {
  return middy<unknown, unknown, Error, DeadlineContext>()
    .use(errorMiddleware({ clock, write: (line) => lines.push(line) }))
    .use(deadlineMiddleware({ clock, reserve: 1_000 }))
    .handler(async (_event, context) => work(context.deadline));
}

describe('the deadline of an invocation', () => {
  it("is absolute: the end of the function's time less the reserve", async () => {
    const at = await handlerOf((deadline) => deadline.at)(undefined, contextOf(55_000) as DeadlineContext);

    expect(at).toBe(NOW + 54_000);
  });

  it('has passed at once if less than the reserve is left', async () => {
    const aborted = await handlerOf((deadline) => deadline.signal.aborted)(
      undefined,
      contextOf(900) as DeadlineContext,
    );

    expect(aborted).toBe(true);
  });
});

describe('an invocation that throws', () => {
  async function failWith(error: unknown): Promise<{ readonly lines: readonly string[]; readonly thrown: unknown }> {
    const lines: string[] = [];
    const handler = handlerOf(() => {
      throw error;
    }, lines);
    const thrown = await Promise.resolve(handler(undefined, contextOf(55_000) as DeadlineContext)).catch(
      (e: unknown) => e,
    );
    return { lines, thrown };
  }

  it('writes one line and lets Lambda see the same error', async () => {
    const error = new HeaplessError('nothing came', { code: 'tick_failed', cause: new Error('no route') });

    const { lines, thrown } = await failWith(error);

    expect(thrown).toBe(error);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        time: '2026-11-24T00:00:00.000Z',
        level: 'error',
        event: 'function_failed',
        function: 'heapless-dev-tick',
        request: 'request-1',
        code: 'tick_failed',
        message: 'nothing came',
        cause: 'no route',
      },
    ]);
  });

  it('lists every problem of the configuration', async () => {
    const problems = [
      { where: 'HEAPLESS_SINK', problem: 'is not a sink' },
      { where: 'HEAPLESS_STATE', problem: 'is not set' },
    ];

    const { lines } = await failWith(new ConfigError(problems));

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ code: 'config_invalid', problems });
  });

  it('calls what is no error of ours unexpected', async () => {
    const { lines } = await failWith(new TypeError('x is undefined'));

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ code: 'unexpected', message: 'x is undefined' });
  });
});
