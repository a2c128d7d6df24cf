import { HeaplessError } from '../core/errors.ts';

/**
 * What a function that only the tick calls was given, if it is a request of this version. Throws `HeaplessError`
 * (`event_invalid`) for anything else: a call by hand, or functions of two deployments.
 */
export function checkRequest<T extends { readonly version: 1; readonly endBy: number }>(
  given: unknown,
  name: string,
): T {
  const request = given as { readonly version?: unknown; readonly endBy?: unknown } | null | undefined;
  if (request?.version === 1 && typeof request.endBy === 'number') return given as T;
  const message = `${name}: this is no request of this version; the tick calls this function, and all functions are deployed together`;
  throw new HeaplessError(message, { code: 'event_invalid' });
}

/** The answer of our own function, if it is of this version. Only a deployment half done gives another. */
export function checkAnswer<T extends { readonly version: 1 }>(answer: unknown, name: string): T {
  if ((answer as { readonly version?: unknown } | null | undefined)?.version === 1) return answer as T;
  const message = `function ${name} is of another version: deploy all functions together`;
  throw new HeaplessError(message, { code: 'invoke_failed' });
}
