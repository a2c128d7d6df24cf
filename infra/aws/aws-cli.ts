import { execFile } from 'node:child_process';
import type { AskAws } from './deployment-check.ts';

const TIMEOUT = 30_000;
const MAX_OUTPUT = 16 * 2 ** 20;

/**
 * The AWS CLI, which knows every way to log in that its user knows. Rejects with the last line of what it said, or with what to
 * install.
 */
export function awsCli(
  env: Readonly<Record<string, string | undefined>>,
  region: string | undefined,
  signal: AbortSignal,
): AskAws {
  const fixed = ['--output', 'json', ...(region === undefined ? [] : ['--region', region])];
  return (...args) =>
    new Promise((done, fail) => {
      const options = { env: { ...env, AWS_PAGER: '' }, timeout: TIMEOUT, maxBuffer: MAX_OUTPUT, signal };
      execFile('aws', [...args, ...fixed], options, (error, stdout, stderr) => {
        if (error === null) return settle(stdout, done, fail);
        if (error.code === 'ENOENT')
          return fail(new Error('the AWS CLI (aws) is not installed; see https://aws.amazon.com/cli/'));
        const said = stderr.trim().split('\n').at(-1) ?? '';
        const what = args.slice(0, 2).join(' ');
        fail(new Error(`${what}: ${said === '' ? `no answer within ${TIMEOUT / 1_000} s` : said}`, { cause: error }));
      });
    });
}

function settle(stdout: string, done: (value: unknown) => void, fail: (error: Error) => void): void {
  try {
    done(stdout.trim() === '' ? null : JSON.parse(stdout));
  } catch (error) {
    fail(new Error('the AWS CLI answered with no JSON', { cause: error }));
  }
}
