import { expect, it } from 'vitest';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import { localPlatform } from '../../functions/local/platform.ts';
import { createRuntime } from '../../shared/app/runtime.ts';
import { runTick } from '../../shared/app/tick.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { type Clock, systemClock } from '../../shared/core/clock.ts';
import { MINUTE, SECOND } from '../../shared/core/units.ts';
import type { ReceivedPoint } from '../sim/otlp-messages.ts';
import { type OtlpServer, startOtlpServer } from '../sim/otlp-server.ts';

/** What a platform's functions are started with. */
export interface ScenarioSettings {
  /** Content of the kubeconfig, to be kept where the platform keeps secrets. */
  readonly kubeconfig: string;
  /** `HEAPLESS_*` without source and state. */
  readonly env: Readonly<Record<string, string>>;
  /** The time of the cluster when they start; the first tick is a minute later. */
  readonly now: number;
}

/** Deployed functions of a platform, as the scenario drives them. */
export interface ScenarioPlatform extends AsyncDisposable {
  /** Lets the functions' calendar stand at `now`, and their schedule come for its minute. */
  tick(now: number): Promise<TickReport>;
}

const NODES = 5;
const DEAD = 'demo-node-4';
const ENV = {
  HEAPLESS_CLUSTER_NAME: 'demo',
  HEAPLESS_SHARD_SIZE: '2',
  HEAPLESS_GROUP_BY: 'namespace,label:app.kubernetes.io/name',
  HEAPLESS_STORE_LABEL: 'team',
};
const LONGEST = 120_000;

/**
 * Five minutes of a cluster, by a platform's functions and by one process beside them, at a cluster whose clock stands still
 * while both ask: a node dies and comes back, a minute is delivered twice. Both must export the same points, to the digit.
 */
export function itExportsWhatOneProcessExports(
  name: string,
  start: (settings: ScenarioSettings) => Promise<ScenarioPlatform>,
): void {
  it(
    `exports from functions on ${name} what one process exports, to the digit`,
    async () => {
      let now = Math.floor(Date.now() / MINUTE) * MINUTE + SECOND;
      const clock: Clock = { now: () => now, sleep: systemClock.sleep };
      await using cluster = disposable(await startDemoCluster({ nodes: NODES, podsPerNode: 5, clock }));
      await using beside = await startOtlpServer();
      await using there = await startOtlpServer();
      const kubeconfig = cluster.it.kubeconfig();
      await using platform = await start({ kubeconfig, env: { ...ENV, ...sinkOf(there) }, now });
      await using process = await startProcess({ kubeconfig, env: { ...ENV, ...sinkOf(beside) }, now }, clock);
      const statuses: string[] = [];

      for (const step of ['whole', 'whole', 'dead', 'again', 'back']) {
        if (step !== 'again') now += MINUTE;
        if (step === 'dead') cluster.it.setFault(DEAD, { kind: 'refuse' });
        if (step === 'back') cluster.it.setFault(DEAD, undefined);
        const [ours, theirs] = [await process.tick(now), await platform.tick(now)];
        expect(factsOf(theirs)).toEqual(factsOf(ours));
        statuses.push(theirs.status);
      }

      expect(statuses).toEqual(['whole', 'whole', 'partial', 'skipped', 'whole']);
      const [wanted, found] = [textsOf(beside.stored), textsOf(there.stored)];
      expect(wanted.length).toBeGreaterThan(10_000);
      expect(missingFrom(found, wanted)).toEqual([]);
      expect(missingFrom(wanted, found)).toEqual([]);
      expect(found.length).toBe(wanted.length);
    },
    LONGEST,
  );
}

function sinkOf({ url }: OtlpServer): Readonly<Record<string, string>> {
  return { HEAPLESS_SINK: `otlp:${url}/v1/metrics` };
}

/** The same use-cases in this process. */
async function startProcess(settings: ScenarioSettings, clock: Clock): Promise<ScenarioPlatform> {
  const runtime = await createRuntime({
    env: {
      ...settings.env,
      HEAPLESS_SOURCE: 'kubernetes.summary_api:?inClusterConfig=false&auth=/kubeconfig',
      HEAPLESS_LOG_LEVEL: 'error',
    },
    platform: {
      ...localPlatform({ write: () => undefined, writeLog: () => undefined }),
      clock,
      readFile: async () => settings.kubeconfig,
    },
  });
  return {
    async tick(now) {
      const [result] = await runTick(runtime, { scheduledTime: now, endBy: now + 30 * SECOND });
      if (result === undefined) throw new Error('the tick has no result');
      return result.report;
    },
    [Symbol.asyncDispose]: () => runtime.close(),
  };
}

/** What must be the same of two reports. */
function factsOf({ status, timestamp, rows, rates, nodes, shards, faults }: TickReport): unknown {
  return { status, timestamp, rows, rates, nodes, shards, faults };
}

/** Points of the cluster as sorted texts: what tells of Heapless itself (times, bytes, memory) differs by its nature. */
function textsOf(points: readonly ReceivedPoint[]): readonly string[] {
  return points
    .filter(({ metric }) => !metric.startsWith('heapless'))
    .map(({ resource, metric, kind, attributes, type, value, start, time }) =>
      JSON.stringify([metric, resource, attributes, kind, type, value, String(start), String(time)]),
    )
    .sort();
}

/** The first texts of `wanted` that are not in `found`. */
function missingFrom(found: readonly string[], wanted: readonly string[]): readonly string[] {
  const known = new Set(found);
  return wanted.filter((text) => !known.has(text)).slice(0, 3);
}

function disposable<T extends { close(): Promise<void> }>(one: T): AsyncDisposable & { readonly it: T } {
  return { it: one, [Symbol.asyncDispose]: () => one.close() };
}
