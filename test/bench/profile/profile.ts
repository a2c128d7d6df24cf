import { mkdtemp, readFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isWarm } from '../cases/whole-tick.ts';
import { startCluster } from '../cluster.ts';
import { USUAL_SHAPE } from '../cluster-shape.ts';
import { runContest } from '../contest.ts';
import { startDiscardServer } from '../discard-server.ts';
import { cloudWatch, EVERY_ROW, influxDb, NO_EXPORT, remoteWrite } from '../sinks.ts';
import { CPU_FILE, HEAP_FILE, type HeapSummary } from './record-profiles.ts';
import { type ProfileShare, summarizeAllocations, summarizeCpu } from './summarize-profile.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const SINKS: Readonly<Record<string, (url: string) => string>> = {
  none: () => NO_EXPORT,
  log: () => EVERY_ROW,
  cloudwatch: cloudWatch,
  influxdb: influxDb,
  prometheus: remoteWrite,
};

const USAGE = `npm run profile -- [--nodes 300] [--sink ${Object.keys(SINKS).join('|')}] [--top 15] [--out FOLDER]

  Profiles one warm tick and prints where its CPU and its allocations were. The last line names the files; the first
  opens in the browser's developer tools.
`;

/** Profiles one warm tick of the product against the benchmarks' cluster, and prints its top. */
async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '300' },
      sink: { type: 'string', default: 'none' },
      top: { type: 'string', default: '15' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const sinkOf = SINKS[values.sink];
  if (values.help || sinkOf === undefined) {
    if (!values.help) throw new Error(`--sink must be one of ${Object.keys(SINKS).join(', ')}\n\n${USAGE}`);
    process.stdout.write(USAGE);
    return;
  }
  const folder = values.out ?? (await mkdtemp(join(tmpdir(), 'heapless-profile-')));
  const shape = { ...USUAL_SHAPE, nodes: Number(values.nodes) };
  await using discard = await startDiscardServer();
  await using cluster = await startCluster(shape);
  const env = { HEAPLESS_SINK: sinkOf(discard.url) };
  const contestants = [{ name: 'tick', job: 'tick', env } as const];
  await runContest({ shape, cluster, contestants, warmups: 4, rounds: 1, isWarm, profileTo: folder });
  const cpu = JSON.parse(await readFile(join(folder, CPU_FILE), 'utf8')) as Profiler.Profile;
  const heap = JSON.parse(await readFile(join(folder, HEAP_FILE), 'utf8')) as HeapSummary;
  const top = Number(values.top);
  const time = summarizeCpu(cpu, ROOT);
  const bytes = summarizeAllocations(heap.allocated, ROOT);
  process.stdout.write(
    [
      ...section('self time by file', time.files, top),
      ...section('self time by function', time.functions, top),
      ...section('allocated by file', bytes.files, top),
      ...section('allocated by function', bytes.functions, top),
      'held after the tick, MB',
      ...Object.entries(heap.memory).map(([name, held]) => `${(held / 1e6).toFixed(1).padStart(8)}  ${name}`),
      '',
      `${join(folder, CPU_FILE)} ${join(folder, HEAP_FILE)}`,
      '',
    ].join('\n'),
  );
}

function section(title: string, shares: readonly ProfileShare[], top: number): readonly string[] {
  const lines = shares.slice(0, top).map(({ name, share }) => `${(share * 100).toFixed(1).padStart(7)}%  ${name}`);
  return [title, ...lines, ''];
}

await main(process.argv.slice(2));
