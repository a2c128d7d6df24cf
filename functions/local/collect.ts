import type { CommandInput } from './command-input.ts';
import { exitStatus } from './exit-status.ts';
import { collectOnce } from './tick-loop.ts';
import { printResults, withRuntime } from './with-runtime.ts';

/** `heapless collect`: one tick, and an exit status that means something. */
export async function collect(input: CommandInput): Promise<number> {
  return withRuntime(input, async (runtime) => {
    const results = await collectOnce(runtime);
    printResults(input, results);
    return exitStatus(results.map((result) => result.report));
  });
}
