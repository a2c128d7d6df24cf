import { createColdScrape } from '../../shared/app/cold-scrape.ts';
import { runScrape } from '../../shared/app/scrape.ts';
import { checkRequest } from '../../shared/fanout/check-version.ts';
import type { ShardRequest } from '../../shared/fanout/invoker.ts';
import { createLambdaHandler } from './lambda-handler.ts';

const around = createColdScrape();

/** The scrape function: one shard of nodes in, their totals and outcomes out. */
export const handler = createLambdaHandler(async (runtime, event: ShardRequest, deadline) => {
  const request = checkRequest<ShardRequest>(event, 'scrape');
  using own = deadline.within(request.endBy - runtime.platform.clock.now());
  return runScrape(runtime, request, { deadline: own, around, travels: true });
});
