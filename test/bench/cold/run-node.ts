import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a fresh Node process to its end and returns what it printed as JSON. */
export async function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, number>>> {
  const { stdout } = await execute(process.execPath, [...args], { env: { ...process.env, ...env } });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  return JSON.parse(line) as Readonly<Record<string, number>>;
}
