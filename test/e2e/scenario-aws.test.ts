import { vi } from 'vitest';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { startLambdaStack } from '../support/lambda-stack.ts';
import { itExportsWhatOneProcessExports } from './scenario.ts';

const MINUTE = 60_000;

itExportsWhatOneProcessExports('functions on AWS Lambda', async ({ kubeconfig, env, now: start }) => {
  const stack = await startLambdaStack({ kubeconfig, env, now: start });
  const run = async (now: number, time: number): Promise<TickReport> => {
    vi.setSystemTime(now);
    const [report] = (await stack.invoke('tick', { scheduledTime: new Date(time).toISOString() })) as TickReport[];
    if (report === undefined) throw new Error('the run has no report');
    return report;
  };
  return {
    tick: (now) => run(now, now - (now % MINUTE)),
    lateRun: async (now, time) => JSON.stringify(await run(now, time)),
    loseShard: (shard) =>
      stack.gate.refuse((_, event) =>
        shard !== undefined && (event as { readonly shard?: string }).shard === shard
          ? { status: 429, type: 'TooManyRequestsException', message: 'Rate Exceeded.' }
          : undefined,
      ),
    [Symbol.asyncDispose]: async () => await stack[Symbol.asyncDispose](),
  };
});
