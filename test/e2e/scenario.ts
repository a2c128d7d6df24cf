import { expect, it } from 'vitest';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import type { Clock } from '../../shared/core/clock.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { HOUR, MINUTE, SECOND } from '../../shared/core/units.ts';
import type { ReceivedPoint } from '../sim/otlp-messages.ts';
import { type OtlpServer, startOtlpServer } from '../sim/otlp-server.ts';
import { disposable } from '../support/disposable.ts';
import { startInlineRuntime } from '../support/inline-runtime.ts';

/** What a platform's functions are started with. */
export interface ScenarioSettings {
  /** Content of the kubeconfig, to be kept where the platform keeps secrets. */
  readonly kubeconfig: string;
  /** `HEAPLESS_*` without source and state. */
  readonly env: Readonly<Record<string, string>>;
  /** The time of the cluster when they start; the first tick is a minute later. */
  readonly now: number;
  /** The time of the cluster. */
  readonly clock: Clock;
}

/** Deployed functions of a platform, as the scenario drives them. */
export interface ScenarioPlatform extends AsyncDisposable {
  /** Lets the functions' calendar stand at `now`, and their schedule come for its minute; again, if it has come before. */
  tick(now: number): Promise<TickReport>;
  /** Lets a run come at `now` that was meant for `time`. What is said of it; rejects with that if the run fails. */
  lateRun(now: number, time: number): Promise<string>;
  /** Every invocation for this shard fails, in the platform's own way; undefined = none does any more. */
  loseShard(shard: string | undefined): void;
  /** Asks for a scrape without showing who asks, where the functions themselves keep the door: HTTP status and code. */
  readonly callAsStranger?: () => Promise<readonly [status: number, code: string]>;
}

const NODES = 5;
const DEAD = 'demo-node-4';
/** A shard of two nodes that are up. */
const LOST = 's0';
const ENV = {
  HEAPLESS_CLUSTER_NAME: 'demo',
  HEAPLESS_SHARD_SIZE: '2',
  HEAPLESS_GROUP_BY: 'namespace,label:app.kubernetes.io/name',
  HEAPLESS_STORE_LABEL: 'team',
};
/** A backend that is down, and says for longer than a tick may wait: so no wall time passes with retries. */
const DOWN = { kind: 'answer', answer: { status: 503, headers: { 'retry-after': '3600' } } } as const;
/** Ends what hangs; no promise of speed. */
const LONGEST = 300_000;

/** Two backends: one that is always there, and one that is away for a minute. */
interface Backends extends AsyncDisposable {
  readonly steady: OtlpServer;
  readonly shaky: OtlpServer;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Seven minutes of a cluster, by a platform's functions and by one process beside them, at a cluster whose clock stands still
 * while both ask. A minute is delivered twice, a node dies, an invocation is lost, a backend is away for a minute, a run comes
 * too late, a stranger calls. Both must export the same points to both backends, to the digit.
 */
export function itExportsWhatOneProcessExports(
  name: string,
  start: (settings: ScenarioSettings) => Promise<ScenarioPlatform>,
): void {
  it(
    `exports from ${name} what one process exports, to the digit`,
    async () => {
      let now = Math.floor(Date.now() / MINUTE) * MINUTE + SECOND;
      const clock: Clock = { now: () => now, sleep: systemClock.sleep };
      await using cluster = disposable(await startDemoCluster({ nodes: NODES, podsPerNode: 5, clock }));
      await using beside = await startBackends();
      await using there = await startBackends();
      const settings = { kubeconfig: cluster.it.kubeconfig(), now, clock };
      await using platform = await start({ ...settings, env: { ...ENV, ...there.env } });
      await using process = await startInlineRuntime({ ...settings, env: { ...ENV, ...beside.env } });
      const both = async (): Promise<TickReport> => {
        const ours = await process.tick(now);
        const theirs = await platform.tick(now);
        expect(factsOf(theirs)).toEqual(factsOf(ours));
        return theirs;
      };
      const nextMinute = (): Promise<TickReport> => {
        now += MINUTE;
        return both();
      };
      const whole = {
        status: 'whole',
        nodes: { planned: NODES, answered: NODES },
        shards: { planned: 3, answered: 3 },
      };

      // A good minute, and one that has rates. What the report says is what came.
      const first = await nextMinute();
      expect(first).toMatchObject({ ...whole, timestamp: now - SECOND, rates: { computed: 0 } });
      expect(there.steady.stored.length).toBe(first.sinks[0]?.delivered);
      const second = await nextMinute();
      expect(second).toMatchObject(whole);
      expect(second.rates.computed).toBeGreaterThan(0);

      // The same minute once more is exported once.
      const stored = there.steady.stored.length;
      expect(await both()).toMatchObject({ status: 'skipped', reason: expect.stringContaining('done') });
      expect(there.steady.stored.length).toBe(stored);

      // A node is down for a minute.
      cluster.it.setFault(DEAD, { kind: 'refuse' });
      expect(await nextMinute()).toMatchObject({
        status: 'partial',
        nodes: { answered: NODES - 1, failed: 1, reasons: { unreachable: 1 } },
        shards: { answered: 3 },
      });
      cluster.it.setFault(DEAD, undefined);

      // An invocation is lost: its nodes are counted, the totals say that they are incomplete, the others are exported.
      for (const one of [process, platform]) one.loseShard(LOST);
      const shardless = await nextMinute();
      for (const one of [process, platform]) one.loseShard(undefined);
      expect(shardless).toMatchObject({
        status: 'partial',
        nodes: { planned: NODES, answered: NODES - 2, failed: 2, reasons: { shard_failed: 2 } },
        shards: { planned: 3, answered: 2 },
        warnings: expect.arrayContaining([expect.stringContaining(`shard ${LOST}: `)]),
      });
      const completeness = clusterValue(there.steady, 'collection/completeness', shardless.timestamp);
      expect(completeness).toBeGreaterThan(0);
      expect(completeness).toBeLessThan(1);
      expect(clusterValue(there.steady, 'collection/completeness', second.timestamp)).toBe(1);

      // A backend is away for a minute: what it misses waits, and the next minute brings it after, under its own stamp.
      for (const { shaky } of [beside, there]) shaky.failAlways(DOWN);
      const away = await nextMinute();
      for (const { shaky } of [beside, there]) shaky.failAlways(undefined);
      const [steady, shaky] = away.sinks;
      expect(away.status).toBe('partial');
      expect(steady).toMatchObject({ delivered: steady?.encoded, spilled: 0, dropped: 0, rejected: 0 });
      expect(shaky).toMatchObject({ delivered: 0, spilled: shaky?.encoded, backlog: { waiting: shaky?.spilled } });
      expect(there.shaky.stored.some(({ time }) => time === nanos(away.timestamp))).toBe(false);
      const back = await nextMinute();
      expect(back).toMatchObject(whole);
      expect(back.sinks[1]?.backlog).toEqual({ replayed: shaky?.spilled, rejected: 0, expired: 0, waiting: 0 });

      // A run that comes too late exports nothing.
      const before = there.steady.stored.length;
      expect(await platform.lateRun(now, now - HOUR).catch(String)).toMatch(/360\d s late|has been done/);
      // Nor does a stranger's call.
      if (platform.callAsStranger !== undefined) {
        expect(await platform.callAsStranger()).toEqual([401, 'caller_unknown']);
      }
      expect(there.steady.stored.length).toBe(before);

      const wanted = textsOf(beside.steady.stored);
      expect(wanted.length).toBeGreaterThan(10_000);
      for (const server of [there.steady, there.shaky, beside.shaky]) {
        const found = textsOf(server.stored);
        expect(missingFrom(found, wanted)).toEqual([]);
        expect(missingFrom(wanted, found)).toEqual([]);
        expect(found.length).toBe(wanted.length);
      }
    },
    LONGEST,
  );
}

async function startBackends(): Promise<Backends> {
  const [steady, shaky] = [await startOtlpServer(), await startOtlpServer()];
  return {
    steady,
    shaky,
    env: { HEAPLESS_SINK: `otlp:${steady.url}/v1/metrics otlp:${shaky.url}/v1/metrics` },
    async [Symbol.asyncDispose]() {
      await steady[Symbol.asyncDispose]();
      await shaky[Symbol.asyncDispose]();
    },
  };
}

/** What must be the same of two reports. */
function factsOf({ status, timestamp, rows, rates, nodes, shards, faults }: TickReport): unknown {
  return { status, timestamp, rows, rates, nodes, shards, faults };
}

/** The value of a metric of the whole cluster in a minute. */
function clusterValue({ stored }: OtlpServer, metric: string, timestamp: number): number | undefined {
  return stored.find(
    (point) =>
      point.metric === metric &&
      point.time === nanos(timestamp) &&
      point.resource.some(([key, value]) => key === 'type' && value === 'cluster'),
  )?.value;
}

function nanos(time: number): bigint {
  return BigInt(time) * 1_000_000n;
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
