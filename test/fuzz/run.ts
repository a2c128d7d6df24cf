import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { FuzzOrder } from './fuzz-worker.ts';
import { SUITES } from './suites.ts';

/*
 * `npm run fuzz`: HEAPLESS_FUZZ_RUNS inputs in total (a million), HEAPLESS_FUZZ_SEED (that of the day), HEAPLESS_FUZZ_ONLY (names of
 * suites, by commas; their shares stay). Each suite has a thread of its own, with bounded memory and a watchdog.
 */
const RUNS = Number(process.env['HEAPLESS_FUZZ_RUNS'] ?? 1_000_000);
const SEED = Number(process.env['HEAPLESS_FUZZ_SEED'] ?? Math.floor(Date.now() / 86_400_000));
const ONLY = process.env['HEAPLESS_FUZZ_ONLY']?.split(',');
/** A thread that tries nothing new for so many ms hangs. */
const PATIENCE = 30_000;
const HEAP_MB = 512;
/** Peak memory of all suites, one after the other. */
const MOST_MB = 1_536;

/** What became of a suite: undefined = nothing was found. */
async function runSuite(name: string, runs: number): Promise<string | undefined> {
  const tried = new SharedArrayBuffer(4);
  const counter = new Int32Array(tried);
  const order: FuzzOrder = { name, runs, seed: SEED, tried };
  const began = performance.now();
  const worker = new Worker(new URL('fuzz-worker.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  const stop = new AbortController();
  const watch = async (): Promise<string> => {
    for (let last = -1; ; ) {
      await sleep(PATIENCE, undefined, { signal: stop.signal });
      const now = Atomics.load(counter, 0);
      if (now === last) return `hangs at input ${now}`;
      last = now;
    }
  };
  const work = once(worker, 'message').then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
  const found = await Promise.race([work, watch()]);
  stop.abort();
  await worker.terminate();
  const seconds = (performance.now() - began) / 1_000;
  const count = Atomics.load(counter, 0);
  process.stdout.write(`${name}: ${count} inputs in ${seconds.toFixed(1)} s: ${found ?? 'nothing found'}\n`);
  return found;
}

let failures = 0;
process.stdout.write(`seed ${SEED}\n`);
for (const { name, share } of SUITES) {
  if (ONLY !== undefined && !ONLY.includes(name)) continue;
  if ((await runSuite(name, Math.ceil(RUNS * share))) !== undefined) failures++;
}
const rss = Math.round(process.resourceUsage().maxRSS / 1_024);
process.stdout.write(`${failures} of the suites found something; peak memory ${rss} of at most ${MOST_MB} MB\n`);
process.exitCode = failures === 0 && rss <= MOST_MB ? 0 : 1;
