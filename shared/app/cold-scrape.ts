import { setFlagsFromString } from 'node:v8';

/**
 * How V8 compiles during the first scrape of a process: TurboFan only what reads summaries and pods (`readEntity` and its like), Maglev
 * each function by itself. Most else is hot for some hundred milliseconds, less than compiling it takes. See ADR 35. One thread collects
 * what is new: in so small a heap it takes longer to wake others. See ADR 36.
 */
const COLD_FLAGS = [
  '--turbo-filter=read*',
  '--no-maglev-inlining',
  '--no-maglev-loop-peeling',
  '--no-parallel-scavenge',
];
/** The same flags as V8 begins with. */
const USUAL_FLAGS = ['--turbo-filter=*', '--maglev-inlining', '--maglev-loop-peeling', '--parallel-scavenge'];
/** Node brings the code of its modules compiled, and V8 takes it only while its flags are those that it was compiled with. */
const BUILT_INS = ['node:tls', 'node:zlib', 'node:perf_hooks'] as const;

/** Runs a scrape up to its export: asks nodes, folds what they answer, makes rows and totals. */
export type AroundScraping = <T>(scraping: () => Promise<T>) => Promise<T>;

/**
 * For a function that is started for a shard: spares its first scrape what V8 would compile for later ones, which then compile it.
 * The flags are those of the whole process. They are back before rows are exported: there are so many that it is worth it at once.
 */
export function createColdScrape(
  // Not the function itself: it would be loaded, and much with it, before there is anything to scrape.
  setFlag: (flag: string) => void = (flag) => setFlagsFromString(flag),
): AroundScraping {
  let isCold = true;
  return async (scraping) => {
    if (!isCold) return await scraping();
    isCold = false;
    for (const name of BUILT_INS) process.getBuiltinModule(name);
    for (const flag of COLD_FLAGS) setFlag(flag);
    try {
      return await scraping();
    } finally {
      for (const flag of USUAL_FLAGS) setFlag(flag);
    }
  };
}
