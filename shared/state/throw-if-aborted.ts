import { HeaplessError } from '../core/errors.ts';

/** The error of work that was ended by its signal. */
export function abortedError(signal: AbortSignal, shown: string): HeaplessError {
  return new HeaplessError(`state ${shown}: no time is left for the store; it was not asked to the end`, {
    code: 'state_aborted',
    retryable: true,
    cause: signal.reason,
  });
}

/** Throws `HeaplessError` (code `state_aborted`) if the signal has aborted. */
export function throwIfAborted(signal: AbortSignal, shown: string): void {
  if (signal.aborted) throw abortedError(signal, shown);
}
