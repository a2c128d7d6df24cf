import { createColdScrape } from '../../shared/app/cold-scrape.ts';
import { runScrape } from '../../shared/app/scrape.ts';
import type { ShardRequest } from '../../shared/fanout/invoker.ts';
import { createHttpFunction } from './http-function.ts';

const around = createColdScrape();

/** The scrape function: one shard of nodes in, their totals and outcomes out. */
export const scrape = createHttpFunction<ShardRequest>('scrape', (runtime, request, deadline) =>
  runScrape(runtime, request, { deadline, around, travels: true }),
);
