import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { vi } from 'vitest';
import { handler as reduce } from '../../functions/aws/reduce.ts';
import { handler as scrape } from '../../functions/aws/scrape.ts';
import { handler as tick } from '../../functions/aws/tick.ts';
import { SECOND } from '../../shared/core/units.ts';
import { type LambdaFunction, startLambdaServer } from '../sim/lambda-server.ts';
import { type LambdaGate, openLambdaGate } from './lambda-gate.ts';

/** The three handlers in this process, called over Lambda's API by events and answers in JSON. */
export interface LambdaStack extends AsyncDisposable {
  /** The way by which the functions call each other. */
  readonly gate: LambdaGate;
  /** Invokes a function through Lambda's own API. Rejects with what the function said if it fails. */
  invoke(name: 'tick' | 'scrape' | 'reduce', event: unknown): Promise<unknown>;
}

/**
 * Starts them with this environment, the kubeconfig as a file, and state in a folder. They share this
 * process and its environment, so there is one stack at a time, and their instance stays warm from one to the next: a test
 * file starts one. The calendar of the process stands at `now`.
 */
export async function startLambdaStack(options: {
  readonly kubeconfig: string;
  readonly env: Readonly<Record<string, string>>;
  readonly now: number;
}): Promise<LambdaStack> {
  const folder = await mkdtemp(join(tmpdir(), 'heapless-lambda-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, options.kubeconfig, { mode: 0o600 });
  const named = (name: string): string => `heapless-test-${name}`;
  const functions = new Map<string, LambdaFunction>([
    [named('tick'), { handler: tick, timeout: 55 * SECOND }],
    [named('scrape'), { handler: scrape, timeout: 50 * SECOND }],
    [named('reduce'), { handler: reduce, timeout: 30 * SECOND }],
  ]);
  const server = await startLambdaServer(functions);
  const gate = await openLambdaGate(new URL(server.url).port);
  const env = {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_LAMBDA: gate.endpoint,
    HEAPLESS_AWS_SCRAPE_FUNCTION: named('scrape'),
    HEAPLESS_AWS_REDUCE_FUNCTION: named('reduce'),
    HEAPLESS_SOURCE: `kubernetes.summary_api:?inClusterConfig=false&auth=${encodeURIComponent(kubeconfig)}`,
    HEAPLESS_STATE: `file:${join(folder, 'state')}`,
    HEAPLESS_LOG_LEVEL: 'error',
    ...options.env,
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  vi.useFakeTimers({ toFake: ['Date'], now: options.now });
  const lambda = new LambdaClient({ endpoint: server.url });
  return {
    gate,
    async invoke(name, event) {
      const { FunctionError, Payload } = await lambda.send(
        new InvokeCommand({ FunctionName: named(name), Payload: JSON.stringify(event) }),
      );
      const answer = Buffer.from(Payload ?? []).toString('utf8');
      if (FunctionError !== undefined) throw new Error(answer);
      return JSON.parse(answer);
    },
    async [Symbol.asyncDispose]() {
      lambda.destroy();
      await gate.stop();
      await server[Symbol.asyncDispose]();
      vi.useRealTimers();
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
