import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { awsEnvironment, freePorts, type Running, runProgram, startProgram } from './aws-process.ts';
import { copyService } from './aws-service.ts';
import { type LambdaGate, openLambdaGate } from './lambda-gate.ts';
import { type Moto, startMoto } from './state-moto.ts';

const STAGE = 'e2e';
const BUCKET = 'heapless-e2e-state';

/** The stack, deployed into moto and running under serverless-offline. */
export interface AwsStack {
  /** The way by which the functions call each other. */
  readonly gate: LambdaGate;
  /** The compiled CloudFormation template, as text. */
  readonly template: string;
  /** What cfn-lint said of it; empty = nothing. */
  readonly lint: string;
  /** Runs an AWS CLI command against moto and parses its JSON. */
  aws(...args: readonly string[]): Promise<unknown>;
  /** Invokes a function by its short name through Lambda's own API. Rejects with what the function said if it fails. */
  invoke(name: 'tick' | 'scrape' | 'reduce', event: unknown): Promise<unknown>;
  /** The functions' log lines of one event, as JSON objects. */
  events(name: string): readonly Readonly<Record<string, unknown>>[];
  /** Waits until there are `count` lines of an event. */
  untilEvents(name: string, count: number, millis: number): Promise<void>;
  stop(): Promise<void>;
}

/** Packages, lints, deploys and starts the stack: the commands of a user, with an emulator's address in the environment. */
export async function startAwsStack(options: {
  readonly kubeconfig: string;
  readonly env: Readonly<Record<string, string>>;
}): Promise<AwsStack> {
  const folder = await mkdtemp(join(tmpdir(), 'heapless-aws-'));
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((one) => one.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const moto: Moto = await startMoto();
    started.push(moto);
    const [lambdaPort = '', httpPort = '', websocketPort = '', albPort = ''] = (await freePorts(4)).map(String);
    const gate = await openLambdaGate(lambdaPort);
    started.push(gate);
    const env = awsEnvironment({
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_ENDPOINT_URL_LAMBDA: gate.endpoint,
      ...options.env,
    });
    const direct = awsEnvironment({ AWS_ENDPOINT_URL: moto.endpoint, ...options.env });
    const service = await copyService(folder);
    let runs = 0;
    const run = (command: string, args: readonly string[], of = direct): Promise<string> =>
      runProgram({ command, args, env: of, folder: service, log: join(folder, `${runs++}-${command}.log`) }, 90_000);
    const aws = async (...args: readonly string[]): Promise<unknown> => {
      const output = await run('aws', [...args, '--output', 'json']);
      return output === '' ? undefined : JSON.parse(output);
    };
    const said = ['--stage', STAGE, '--region', 'us-east-1', '--param', `stateBucket=${BUCKET}`];
    const packaged = join(folder, 'package');

    const secret = join(folder, 'kubeconfig');
    await writeFile(secret, options.kubeconfig, { mode: 0o600 });
    const name = `heapless/${STAGE}/kubeconfig`;
    await Promise.all([
      run('osls', ['package', '--package', packaged, ...said]),
      aws('secretsmanager', 'create-secret', '--name', name, '--secret-string', `file://${secret}`),
    ]);
    const templateFile = join(packaged, 'cloudformation-template-update-stack.json');
    const lint = run('cfn-lint', [templateFile]).catch((error: Error) => error.message);
    await run('osls', ['deploy', '--package', packaged, ...said]);

    const ports = [
      '--lambdaPort',
      lambdaPort,
      '--httpPort',
      httpPort,
      '--websocketPort',
      websocketPort,
      '--albPort',
      albPort,
    ];
    const offline: Running = startProgram({
      command: 'osls',
      args: ['offline', 'start', '--host', '127.0.0.1', ...ports, ...said],
      env,
      folder: service,
      log: join(folder, 'offline.log'),
    });
    started.push(offline);
    await offline.until((output) => output.includes('Offline [http for lambda] listening'), 90_000);

    const lambda = new LambdaClient({
      endpoint: `http://127.0.0.1:${lambdaPort}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    started.push({ stop: async () => lambda.destroy() });
    const events = (event: string): readonly Readonly<Record<string, unknown>>[] => eventsIn(offline.output(), event);
    return {
      gate,
      template: await readFile(templateFile, 'utf8'),
      lint: (await lint).trim(),
      aws,
      async invoke(short, event) {
        const input = { FunctionName: `heapless-${STAGE}-${short}`, Payload: JSON.stringify(event) };
        const { FunctionError, Payload } = await lambda.send(new InvokeCommand(input));
        const answer = Buffer.from(Payload ?? []).toString('utf8');
        if (FunctionError !== undefined) throw new Error(answer);
        return JSON.parse(answer);
      },
      events,
      async untilEvents(event, count, millis) {
        await offline.until(() => events(event).length >= count, millis);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function eventsIn(output: string, event: string): readonly Readonly<Record<string, unknown>>[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}
