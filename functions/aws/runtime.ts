import { keepWarm } from '../../shared/app/keep-warm.ts';
import type { Platform } from '../../shared/app/platform.ts';
import { readTextFile } from '../../shared/app/read-text-file.ts';
import { createRuntime, type Runtime } from '../../shared/app/runtime.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { ConfigError } from '../../shared/core/errors.ts';
import type { Invoke } from './lambda-call.ts';
import { connectLambda, createLambdaInvoker, createLambdaReducer } from './lambda-invoker.ts';
import { readSecret } from './secrets.ts';

/** The runtime of this function instance. Rejects with every problem of the configuration at once. */
export const awsRuntime: () => Promise<Runtime> = keepWarm(() =>
  createRuntime({
    env: process.env,
    platform: awsPlatform(process.env),
    // The reduce function has no right to a cluster's secret, and one cluster's must not stop the others.
    deferSourceSecrets: true,
  }),
);

/** One line to the function's log: CloudWatch Logs makes an event of it. */
export function writeLog(line: string): void {
  process.stdout.write(line);
}

/**
 * What Lambda gives. `HEAPLESS_AWS_SCRAPE_FUNCTION` and `HEAPLESS_AWS_REDUCE_FUNCTION` name the functions that run shards
 * and the reduction; without them both run in this process. Throws `ConfigError` if there is no place for state.
 */
export function awsPlatform(env: Readonly<Record<string, string | undefined>>): Platform {
  const state = env['HEAPLESS_STATE'];
  if (state === undefined || state === '') {
    const problem = 'is not set; write s3://BUCKET/PREFIX, because an instance of a function forgets what it had';
    throw new ConfigError([{ where: 'HEAPLESS_STATE', problem }]);
  }
  let connected: Promise<Invoke> | undefined;
  const connect = (): Promise<Invoke> => {
    connected ??= connectLambda();
    return connected;
  };
  const scrape = env['HEAPLESS_AWS_SCRAPE_FUNCTION'] ?? '';
  const reduce = env['HEAPLESS_AWS_REDUCE_FUNCTION'] ?? '';
  return {
    name: 'aws',
    defaultState: state,
    clock: systemClock,
    random: Math.random,
    readFile: readTextFile,
    readSecret,
    write: writeLog,
    writeLog,
    shardInvoker: scrape === '' ? undefined : createLambdaInvoker({ name: scrape, connect }),
    reducer: reduce === '' ? undefined : createLambdaReducer({ name: reduce, connect }),
  };
}
