import { AsyncLocalStorage } from 'node:async_hooks';
import type { InvocationContext } from '@azure/functions';

/** The invocation that is running: what it logs belongs to it in Application Insights. */
const running = new AsyncLocalStorage<InvocationContext>();

/** Runs `work` so that the lines of `writeLog` go to the log of this invocation. */
export function loggingTo<T>(context: InvocationContext, work: () => Promise<T>): Promise<T> {
  return running.run(context, work);
}

/** One JSON line, at its own level; to standard output if no invocation is running. */
export function writeLog(line: string): void {
  const context = running.getStore();
  if (context === undefined) {
    process.stdout.write(line);
    return;
  }
  const text = line.trimEnd();
  const level = /"level":"(error|warn|debug)"/.exec(text)?.[1];
  if (level === 'error') context.error(text);
  else if (level === 'warn') context.warn(text);
  else if (level === 'debug') context.debug(text);
  else context.info(text);
}
