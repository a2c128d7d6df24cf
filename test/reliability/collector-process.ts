import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { TickReport } from '../../shared/app/tick-report.ts';
import type { Order, Said } from './messages.ts';

/** A collector in a process of its own, one tick at a time. */
export interface CollectorProcess {
  /** Orders a tick. `begun` resolves when it runs; `reports` rejects if the process ends instead. */
  tick(order: Order): { readonly begun: Promise<void>; readonly reports: Promise<readonly TickReport[]> };
  /** SIGKILL, and waits until the process is gone. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  stop(): void;
  resume(): void;
  close(): Promise<void>;
}

/** Starts `child.ts` with an environment of `HEAPLESS_…` variables. Rejects if it ends before it is ready. */
export async function startCollector(env: Readonly<Record<string, string>>): Promise<CollectorProcess> {
  const child: ChildProcess = fork(new URL('child.ts', import.meta.url), [], {
    env: { PATH: process.env['PATH'], AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => undefined);
  const waiting = new Map<Said['kind'], (said: Said) => void>();
  child.on('message', (said: Said) => waiting.get(said.kind)?.(said));
  const gone = ended.then((): never => {
    throw new Error('the collector ended');
  });
  gone.catch(() => undefined);
  const next = (kind: Said['kind']): Promise<Said> =>
    Promise.race([new Promise<Said>((resolve) => waiting.set(kind, resolve)), gone]);
  await next('ready');
  return {
    tick(order) {
      const begun = next('begun').then(() => undefined);
      const reports = Promise.race([next('done'), next('failed')]).then((said) => {
        if (said.kind === 'done') return said.reports;
        throw new Error(said.kind === 'failed' ? said.why : said.kind);
      });
      begun.catch(() => undefined);
      reports.catch(() => undefined);
      child.send(order);
      return { begun, reports };
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    stop: () => {
      child.kill('SIGSTOP');
    },
    resume: () => {
      child.kill('SIGCONT');
    },
    async close() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
