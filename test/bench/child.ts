import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** How long a child may take to end when it is told to. */
const GRACE = 5_000;

/** A process that answers each order with one message, `{ answer }` or `{ failed }`. */
export interface Child {
  /** Rejects with what the child says, or if it ends instead of answering. */
  ask(order: object): Promise<unknown>;
  close(): Promise<void>;
}

export interface ChildOptions {
  readonly execArgv?: readonly string[];
  /** Beside this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a module of ours as a child; it ends with this process. */
export function startChild(file: URL, options: ChildOptions = {}): Child {
  const child: ChildProcess = fork(file, [], {
    execArgv: [...(options.execArgv ?? [])],
    env: { ...process.env, ...options.env },
    serialization: 'advanced',
  });
  const failure = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${file.pathname} ended (${code ?? signal}) instead of answering`);
  });
  failure.catch(() => undefined);
  return {
    async ask(order) {
      const answered = once(child, 'message');
      child.send(order);
      const [message] = (await Promise.race([answered, failure])) as [{ answer?: unknown; failed?: string }];
      if (message.failed !== undefined) throw new Error(message.failed);
      return message.answer;
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      // A process that ends while V8 still compiles may wait for its own threads for ever (nodejs/node#54918).
      const timer = setTimeout(() => child.kill('SIGKILL'), GRACE);
      await ended;
      clearTimeout(timer);
    },
  };
}
