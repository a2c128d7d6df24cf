import { describeError, HeaplessError } from '../core/errors.ts';

/** True if a thrown value is a system error with one of these codes. */
export function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

const ADVICE: readonly (readonly [codes: readonly string[], advice: string])[] = [
  [['EACCES', 'EPERM', 'EROFS'], 'give this process the right to write there'],
  [['ENOSPC', 'EDQUOT'], 'free some space'],
  [['EMFILE', 'ENFILE'], 'raise the limit of open files'],
  [['ENOTDIR', 'EEXIST'], 'a file is in the way of a folder; name another folder'],
];

/** What to do about a file system error, with its own words first. */
export function describeFileError(error: unknown): string {
  const advice = ADVICE.find(([codes]) => hasCode(error, codes))?.[1];
  return advice === undefined ? describeError(error) : `${describeError(error)}; ${advice}`;
}

/** A file system error as code `state_unavailable` or `state_forbidden`; errors of our own pass through. */
export function toFileError(error: unknown, shown: string): HeaplessError {
  if (error instanceof HeaplessError) return error;
  const forbidden = hasCode(error, ['EACCES', 'EPERM', 'EROFS']);
  return new HeaplessError(`state ${shown}: ${describeFileError(error)}`, {
    code: forbidden ? 'state_forbidden' : 'state_unavailable',
    retryable: !forbidden,
    cause: error,
  });
}
