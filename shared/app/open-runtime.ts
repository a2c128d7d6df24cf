import { HeaplessError } from '../core/errors.ts';
import { type Millis, SECOND } from '../core/units.ts';
import type { ObjectStore } from '../state/object-store.ts';
import { createRuntime, type Runtime, type RuntimeInput } from './runtime.ts';

/** Longest look at the store when an instance starts. */
const STORE_CHECK: Millis = 5 * SECOND;

/**
 * The runtime of an instance of a function whose store does not refuse it for good. Throws as `createRuntime` does, and the
 * store's `HeaplessError` (`state_forbidden`, …): a tick would go on without its store, as it should when the store fails
 * for a while; but a wrong deployment is to be seen at its first run, before anything is exported twice.
 */
export async function openRuntime(input: RuntimeInput): Promise<Runtime> {
  const runtime = await createRuntime(input);
  try {
    await checkStore(runtime.store);
    return runtime;
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

async function checkStore(store: ObjectStore): Promise<void> {
  try {
    await store.get('claim/start', AbortSignal.timeout(STORE_CHECK));
  } catch (error) {
    if (error instanceof HeaplessError && !error.retryable && error.code !== 'state_aborted') throw error;
  }
}
