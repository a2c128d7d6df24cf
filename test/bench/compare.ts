import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { isWarm } from './cases/whole-tick.ts';
import { startCluster } from './cluster.ts';
import { USUAL_SHAPE } from './cluster-shape.ts';
import { type Contestant, runContest } from './contest.ts';
import { startDiscardServer } from './discard-server.ts';
import { type Figure, fromSpread } from './figure.ts';
import { influxDb, NO_EXPORT, remoteWrite } from './sinks.ts';
import { ratiosOf } from './statistics.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/**
 * The working tree against a revision: whole ticks of both in the same rounds, in changing order, each in its own warm
 * process. The revision is checked out into a folder of its own, with this tree's packages and benchmarks. Throws if git
 * does not know it.
 */
export async function compareWith(
  revision: string,
  { quick }: { readonly quick: boolean },
): Promise<readonly Figure[]> {
  await using tree = await checkOut(revision);
  const shape = { ...USUAL_SHAPE, nodes: 100 };
  await using discard = await startDiscardServer();
  await using cluster = await startCluster(shape);
  const sinks = { 'no export': NO_EXPORT, influxdb: influxDb(discard.url), 'remote write': remoteWrite(discard.url) };
  const contestants = Object.entries(sinks).flatMap(([name, sink]): readonly Contestant[] => {
    const job = { job: 'tick', env: { HEAPLESS_SINK: sink } } as const;
    return [
      { ...job, name: `${name}, now` },
      { ...job, name: `${name}, ${revision}`, root: tree.folder },
    ];
  });
  const entries = await runContest({
    shape,
    cluster,
    contestants,
    warmups: quick ? 2 : 5,
    rounds: quick ? 3 : 9,
    isWarm,
  });
  const measures = (name: string): readonly { cpuMillis: number; wallMillis: number }[] =>
    entries.get(name)?.measures ?? [];
  return Object.keys(sinks).flatMap((name): readonly Figure[] => {
    const now = measures(`${name}, now`);
    const then = measures(`${name}, ${revision}`);
    const ratio = (of: (one: { cpuMillis: number; wallMillis: number }) => number): Pick<Figure, 'value' | 'between'> =>
      fromSpread(ratiosOf(now.map(of), then.map(of)));
    const peaks = [`${name}, now`, `${name}, ${revision}`].map((of) => entries.get(of)?.peakRssBytes ?? Number.NaN);
    const group = `now ÷ ${revision}, 100 nodes, ${name}`;
    return [
      { group, name: 'CPU', unit: 'times', ...ratio((one) => one.cpuMillis) },
      { group, name: 'wall', unit: 'times', ...ratio((one) => one.wallMillis) },
      { group, name: 'peak RSS', unit: 'times', value: (peaks[0] ?? Number.NaN) / (peaks[1] ?? Number.NaN) },
    ];
  });
}

async function checkOut(revision: string): Promise<AsyncDisposable & { readonly folder: string }> {
  const parent = await mkdtemp(join(tmpdir(), 'heapless-bench-compare-'));
  const folder = join(parent, 'tree');
  const git = (...args: readonly string[]): Promise<unknown> => run('git', ['-C', ROOT, ...args]);
  const end = async (): Promise<void> => {
    await git('worktree', 'remove', '--force', folder).catch(() => undefined);
    await rm(parent, { recursive: true, force: true });
  };
  try {
    await git('worktree', 'add', '--detach', folder, revision);
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await rm(join(folder, 'test/bench'), { recursive: true, force: true });
    await cp(join(ROOT, 'test/bench'), join(folder, 'test/bench'), { recursive: true });
    return { folder: pathToFileURL(`${folder}/`).href, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}
