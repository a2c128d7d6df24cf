import type { Runtime } from './runtime.ts';

/**
 * The runtime of a function instance, kept from one invocation to the next: clients, connections, the parsed configuration.
 * It is opened at the first call, which every call until then waits for, and anew after an opening that failed.
 */
export function keepWarm(open: () => Promise<Runtime>): () => Promise<Runtime> {
  let warm: Promise<Runtime> | undefined;
  return async () => {
    warm ??= open();
    try {
      return await warm;
    } catch (error) {
      warm = undefined;
      throw error;
    }
  };
}
