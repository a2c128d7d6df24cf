import { HeaplessError } from '../../shared/core/errors.ts';

/**
 * The event of a function that only the tick calls, if it is a request of this version. Throws `HeaplessError`
 * (`event_invalid`) for anything else: a call by hand, or functions of two deployments.
 */
export function checkRequest<T extends { readonly version: 1; readonly endBy: number }>(event: T, name: string): T {
  if (event?.version === 1 && typeof event.endBy === 'number') return event;
  const message = `${name}: the event is no request of this version; the tick calls this function, and the stack is deployed as a whole`;
  throw new HeaplessError(message, { code: 'event_invalid' });
}
