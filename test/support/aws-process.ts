import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules', '.bin');

/** The environment of programs that talk to the emulator: nothing of the caller's own AWS or Heapless settings. */
export function awsEnvironment(more: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:AWS_|HEAPLESS_|VITEST|NODE_ENV|NODE_OPTIONS)/.test(name),
  );
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: `${BIN}${delimiter}${process.env['PATH'] ?? ''}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
    ...more,
  };
}

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where it runs; default: the project's own folder. */
  readonly folder?: string;
  /** What it writes goes to this file: osls crashes when a pipe is closed early. */
  readonly log: string;
}

/** A program in the background; `stop` ends it and waits for its end. */
export interface Running {
  output(): string;
  /** Rejects if the program ends before `ready` is true of its output, or within `millis`. */
  until(ready: (output: string) => boolean, millis: number): Promise<string>;
  stop(): Promise<void>;
}

/** Runs a program to its end. Rejects, with what it wrote, if it fails or takes longer than `millis`. */
export async function runProgram(program: Program, millis: number): Promise<string> {
  const child = start(program);
  const timer = setTimeout(() => child.kill('SIGKILL'), millis);
  const code = await exitOf(child);
  clearTimeout(timer);
  const output = readFileSync(program.log, 'utf8');
  if (code !== 0) throw new Error(`${program.command} ${program.args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

export function startProgram(program: Program): Running {
  const child = start(program);
  const ended = exitOf(child);
  const output = (): string => readFileSync(program.log, 'utf8');
  return {
    output,
    async until(ready, millis) {
      const end = Date.now() + millis;
      while (!ready(output())) {
        const tick = new Promise<undefined>((done) => setTimeout(() => done(undefined), 100));
        const code = await Promise.race([ended, tick]);
        if (code !== undefined) throw new Error(`${program.command} ended with ${code}:\n${output()}`);
        if (Date.now() > end) throw new Error(`${program.command}: not ready after ${millis} ms:\n${output()}`);
      }
      return output();
    },
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done) => {
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            done(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

function start({ command, args, env, folder = ROOT, log }: Program): ChildProcess {
  const file = openSync(log, 'w');
  try {
    return spawn(command, args, { cwd: folder, env, stdio: ['ignore', file, file] });
  } finally {
    closeSync(file);
  }
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) => done(code ?? (signal === null ? 1 : 128)));
  });
}
