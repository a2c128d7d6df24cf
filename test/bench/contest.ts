import { type Child, startChild } from './child.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterReport } from './cluster-process.ts';
import type { ClusterShape } from './cluster-shape.ts';
import type { JobName, JobOrder, JobSettings, Measure } from './job.ts';
import { AWS_CREDENTIALS } from './sinks.ts';
import { orderOf } from './statistics.ts';
import { createVirtualTime } from './virtual-time.ts';

export interface Contestant {
  readonly name: string;
  readonly job: JobName;
  readonly env?: Readonly<Record<string, string>>;
  /** Where it asks, if not where all ask. */
  readonly cluster?: Cluster;
  /** URL of another tree of sources that it is run from. */
  readonly root?: string;
}

export interface ContestOptions {
  readonly shape: ClusterShape;
  /** Contestants that need a network ask it. */
  readonly cluster?: Cluster;
  readonly contestants: readonly Contestant[];
  /** Steps that are not kept: what is measured is warm. */
  readonly warmups: number;
  readonly rounds: number;
  /** Whether a warm-up left nothing to be desired; if not, the contestant gets some more before the first round. */
  readonly isWarm?: (seen: Measure['seen']) => boolean;
  /** Folder for a CPU profile and a heap summary of each contestant's last step. */
  readonly profileTo?: string;
  /** Of the contestants' processes, for profiles. */
  readonly execArgv?: readonly string[];
}

/** A contestant's measures, and what the cluster saw of each. */
export interface Entry {
  readonly measures: readonly Measure[];
  readonly cluster: readonly ClusterReport[];
  /** Peak resident set at the end of the first measured step: after `warmups` others. */
  readonly peakRssBytes: number;
}

/** A machine that is busy may cost a cold tick some nodes, and the next one their rates. */
const MOST_MORE_WARMUPS = 4;

/**
 * Lets contestants, each in its own warm process, take turns: in every round each does one step, in changing order. By the
 * cluster's clock a contestant's steps are a minute apart, however long the others take. Whatever disturbs the machine
 * disturbs all of them.
 */
export async function runContest(options: ContestOptions): Promise<ReadonlyMap<string, Entry>> {
  const { contestants, warmups, rounds } = options;
  const children = new Map(
    contestants.map((contestant) => {
      const child = startChild(jobProcess(contestant), {
        execArgv: ['--expose-gc', ...(options.execArgv ?? [])],
        env: AWS_CREDENTIALS,
      });
      return [contestant, { child, measures: [] as Measure[], cluster: [] as ClusterReport[] }] as const;
    }),
  );
  const time = createVirtualTime(Date.now());
  const step = async (contestant: Contestant, child: Child, profileTo?: string): Promise<Measure> => {
    const cluster = contestant.cluster ?? options.cluster;
    const offset = time.begin(contestant, Date.now());
    await cluster?.setClock(offset);
    await cluster?.forget();
    const order: JobOrder = { order: 'step', time: { offset }, ...(profileTo !== undefined && { profileTo }) };
    const measure = (await child.ask(order)) as Measure;
    time.end(contestant, measure.wallMillis);
    return measure;
  };
  const warmUp = async (contestant: Contestant, child: Child, seen: Measure['seen']): Promise<void> => {
    let last = seen;
    for (let more = 0; options.isWarm?.(last) === false; more++) {
      if (more === MOST_MORE_WARMUPS)
        throw new Error(`"${contestant.name}" does not get warm: ${JSON.stringify(last)}; is the machine too busy?`);
      last = (await step(contestant, child)).seen;
    }
  };
  try {
    for (const [contestant, { child }] of children) {
      const order: JobOrder = { order: 'open', job: contestant.job, settings: settingsOf(contestant, options) };
      await child.ask(order);
    }
    for (let round = -warmups; round < rounds; round++) {
      for (const contestant of orderOf(contestants, round + warmups)) {
        const entry = children.get(contestant);
        if (entry === undefined) continue;
        const measure = await step(contestant, entry.child, round === rounds - 1 ? options.profileTo : undefined);
        if (round === -1) await warmUp(contestant, entry.child, measure.seen);
        if (round < 0) continue;
        entry.measures.push(measure);
        const cluster = contestant.cluster ?? options.cluster;
        if (cluster !== undefined) entry.cluster.push(await cluster.report());
      }
    }
  } finally {
    for (const { child } of children.values()) await child.close();
  }
  return new Map(
    [...children].map(([{ name }, { measures, cluster: reports }]) => [
      name,
      { measures, cluster: reports, peakRssBytes: measures[0]?.peakRssBytes ?? 0 },
    ]),
  );
}

function jobProcess({ root }: Contestant): URL {
  return root === undefined ? new URL('./job-process.ts', import.meta.url) : new URL('test/bench/job-process.ts', root);
}

function settingsOf(contestant: Contestant, options: ContestOptions): JobSettings {
  const cluster = contestant.cluster ?? options.cluster;
  const { env } = contestant;
  return {
    shape: cluster?.shape ?? options.shape,
    ...(cluster !== undefined && { address: cluster.address, caFile: cluster.caFile }),
    ...(env !== undefined && { env }),
  };
}
