const kept = new Map<unknown, object>();

/**
 * Keeps one instance of a class for good, made when it is first asked for. Code that was compiled for a class dies with the last of its
 * instances at the next full collection, and is compiled again in the next tick: with the totals alone that was a tenth of a tick's CPU.
 */
export function keepShape<T extends object>(type: abstract new (...args: never[]) => T, make: () => T): void {
  if (!kept.has(type)) kept.set(type, make());
}
