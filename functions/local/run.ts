import type { CommandInput } from './command-input.ts';
import { tickLoop } from './tick-loop.ts';
import { printResults, withRuntime } from './with-runtime.ts';

/** `heapless run`: keeps ticking until it is interrupted or `--ticks` are done. */
export async function run(input: CommandInput): Promise<number> {
  return withRuntime(input, async (runtime) => {
    const onTick = (results: Parameters<typeof printResults>[1]): void => printResults(input, results);
    await tickLoop(runtime, { signal: input.signal, ticks: input.ticks, onTick });
    return 0;
  });
}
