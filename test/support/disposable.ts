/** Closes what `await using` does not know how to. */
export function disposable<T extends { close(): Promise<void> }>(one: T): AsyncDisposable & { readonly it: T } {
  return { it: one, [Symbol.asyncDispose]: () => one.close() };
}
