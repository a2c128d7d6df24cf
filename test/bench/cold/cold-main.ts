import { readFileSync } from 'node:fs';
import type { ShardRequest } from '../../../shared/fanout/invoker.ts';
import type { Partial } from '../../../shared/fanout/partial.ts';
import type { ClusterAddress } from '../cluster-process.ts';
import { createFloor, FLOOR_IN_FLIGHT } from '../jobs/floor.ts';
import { peakRssBytes } from '../peak-rss.ts';

/** What a cold process is to do, once: the floor, or one invocation of the scrape function's bundle. */
export interface ColdWork {
  readonly address: ClusterAddress;
  readonly request: ShardRequest;
  /** `index.mjs` of the scrape bundle; undefined = the floor. */
  readonly bundle: string | undefined;
}

/** What a whole cold process cost, from its start. */
export interface ColdResult {
  readonly cpuMillis: number;
  readonly wallMillis: number;
  readonly peakRssBytes: number;
  readonly answered: number;
}

type Handler = (event: ShardRequest, context: { getRemainingTimeInMillis(): number }) => Promise<Partial>;

async function answered({ address, request, bundle }: ColdWork): Promise<number> {
  if (bundle === undefined) {
    const names = request.nodes.map((node) => node.name);
    const floor = createFloor(address);
    await floor.run(names, FLOOR_IN_FLIGHT);
    floor.close();
    return names.length;
  }
  const { handler } = (await import(bundle)) as { readonly handler: Handler };
  const partial = await handler(request, { getRemainingTimeInMillis: () => request.endBy - Date.now() });
  return partial.nodes.filter((node) => node.status === 'answered').length;
}

const work = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ColdWork;
const count = await answered(work);
// First: the first `performance` of a process loads modules of Node.
const { user, system } = process.cpuUsage();
const wallMillis = performance.now();
const result: ColdResult = {
  cpuMillis: (user + system) / 1_000,
  wallMillis,
  peakRssBytes: peakRssBytes(),
  answered: count,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
