import { ConfigError, describeError, HeaplessError } from '../core/errors.ts';
import type { UnixMillis } from '../core/units.ts';

/** The run of a function that ended badly. */
export interface FailedRun {
  readonly function: string;
  /** The platform's id of the run. */
  readonly request: string;
  readonly time: UnixMillis;
}

/**
 * One JSON line for what a function threw: `function_failed`, or `call_refused` for a caller that is not let in. It needs
 * no runtime: a bad configuration must be seen too.
 */
export function failureLine(error: unknown, run: FailedRun): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const line = {
    time: new Date(run.time).toISOString(),
    ...(isRefusal(error) ? { level: 'warn', event: 'call_refused' } : { level: 'error', event: 'function_failed' }),
    function: run.function,
    request: run.request,
    code: error instanceof HeaplessError ? error.code : 'unexpected',
    message: describeError(error),
    ...(error instanceof ConfigError ? { problems: error.problems } : {}),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
  return `${JSON.stringify(line)}\n`;
}

/** A caller that is refused is no failure of ours: strangers knock at every address of the Internet. */
function isRefusal(error: unknown): boolean {
  return error instanceof HeaplessError && (error.code === 'caller_unknown' || error.code === 'caller_forbidden');
}
