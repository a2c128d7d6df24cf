import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Longest wait for a program to be ready, and for it to end. */
const READY_MILLIS = 20_000;
const END_MILLIS = 5_000;
const LOOK_EVERY = 50;
/** Characters of a program's output that are kept. */
const MOST_KEPT = 4_000_000;

/** A real program that runs, with a folder of its own that is removed at the end. */
export interface RealProcess extends AsyncDisposable {
  readonly folder: string;
  /** What it has said so far, on standard output and standard error. */
  output(): string;
  /** Whole lines of its standard output so far. */
  lines(): readonly string[];
}

export interface RealProcessOptions {
  readonly path: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** True when it can be used; asked again and again. `output` is what it has said so far. */
  readonly isReady: (output: string) => boolean | Promise<boolean>;
}

/** A new folder for a program's files. */
export async function createRealFolder(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'heapless-real-'));
}

/** Ports of loopback that nobody has now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(async (server) => {
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        const address = server.address();
        if (address === null || typeof address === 'string') throw new Error('no port');
        return address.port;
      }),
    );
  } finally {
    for (const server of servers) server.close();
  }
}

/** True if a GET of the URL is answered with 2xx. */
export async function answers(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );
}

/** Starts a program and waits until it is ready. Throws with what it said if it ends before, or is not ready in 20 s. */
export async function startRealProcess(options: RealProcessOptions): Promise<RealProcess> {
  const child = spawn(options.path, options.args, {
    cwd: options.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  let said = '';
  const hear = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-MOST_KEPT);
  };
  let written = '';
  child.stdout.on('data', hear);
  child.stdout.on('data', (chunk: Buffer) => {
    written = (written + chunk.toString()).slice(-MOST_KEPT);
  });
  child.stderr.on('data', hear);
  child.on('error', (error) => {
    said += error.message;
  });
  const real: RealProcess = {
    folder: options.folder,
    output: () => said,
    lines: () => written.split('\n').slice(0, -1),
    async [Symbol.asyncDispose]() {
      await end(child);
      await rm(options.folder, { recursive: true, force: true });
    },
  };
  const giveUp = Date.now() + READY_MILLIS;
  while (!(await options.isReady(said))) {
    if (child.exitCode !== null || Date.now() > giveUp) {
      await real[Symbol.asyncDispose]();
      throw new Error(`${options.path} is not ready: ${said.slice(-2_000)}`);
    }
    await sleep(LOOK_EVERY);
  }
  return real;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_MILLIS);
  await ended;
  clearTimeout(timer);
}
