import type { BenchCase } from '../case.ts';
import { buildBundles } from '../cold/bundles.ts';
import { runNode } from '../cold/run-node.ts';
import { type Figure, fromSpread } from '../figure.ts';
import { orderOf, ratiosOf, spreadOf } from '../statistics.ts';

const PRINT =
  "const {user,system}=process.cpuUsage();require('node:fs').writeSync(1,JSON.stringify({cpu:(user+system)/1e3,wall:performance.now()})+'\\n');setInterval(()=>{},1e3)";

/** Those that load by themselves: the others need the runtime of their platform. */
const LOADABLE = ['tick', 'scrape', 'reduce'];

/** What loading the bundles of AWS costs, against a Node process that does nothing; and how large they are. */
export const imports: BenchCase = {
  name: 'imports',
  covers: ['bundle', 'cold'],
  async run({ quick }) {
    await using bundles = await buildBundles((name) => LOADABLE.includes(name));
    const names = bundles.reports.map((report) => report.name);
    const script = (name: string): string =>
      name === 'bare' ? PRINT : `import(${JSON.stringify(bundles.entry(name))}).then(()=>{${PRINT}})`;
    const runs = new Map(['bare', ...names].map((name) => [name, { cpu: [] as number[], wall: [] as number[] }]));
    const rounds = quick ? 4 : 12;
    for (let round = -1; round < rounds; round++) {
      for (const name of orderOf([...runs.keys()], round + 1)) {
        const { cpu = Number.NaN, wall = Number.NaN } = await runNode(['-e', script(name)]);
        if (round < 0) continue;
        runs.get(name)?.cpu.push(cpu);
        runs.get(name)?.wall.push(wall);
      }
    }
    const bare = runs.get('bare')?.cpu ?? [];
    const group = 'import of a bundle';
    return bundles.reports.flatMap(({ name, eager, total, lazyChunks }): readonly Figure[] => [
      {
        group,
        name: `${name}: CPU ÷ node -e 0`,
        unit: 'times',
        ...fromSpread(ratiosOf(runs.get(name)?.cpu ?? [], bare)),
        ...(name === 'scrape' && { must: 3, reach: 2 }),
        note: `wall ${spreadOf(runs.get(name)?.wall ?? []).median.toFixed(0)} ms, bare CPU ${spreadOf(bare).median.toFixed(0)} ms`,
      },
      {
        group,
        name: `${name}: size, eager part`,
        unit: 'KB',
        value: eager / 1_000,
        note: `all ${(total / 1_000).toFixed(0)} KB in ${lazyChunks} more chunks`,
      },
    ]);
  },
};
