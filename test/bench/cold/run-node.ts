import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Runs a fresh Node process until it has printed a line, and returns that line as JSON. The process is ended from here: one that
 * ends itself while V8 still compiles may wait for its own threads for ever (nodejs/node#54918).
 */
export async function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, number>>> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    child.kill('SIGKILL');
    await ended;
    return JSON.parse(line) as Readonly<Record<string, number>>;
  }
  const [code, signal] = await ended;
  throw new Error(`node ${args.join(' ')} ended (${code ?? signal}) and printed nothing`);
}
