import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemoCluster } from '../../functions/local/demo/demo-cluster.ts';
import type { DemoCluster, DemoClusterOptions } from '../../functions/local/demo/demo-types.ts';
import { localPlatform } from '../../functions/local/platform.ts';
import type { Platform } from '../../shared/app/platform.ts';
import { createRuntime, type Runtime } from '../../shared/app/runtime.ts';
import { runTick } from '../../shared/app/tick.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import type { Clock } from '../../shared/core/clock.ts';
import { MINUTE, type Millis, SECOND } from '../../shared/core/units.ts';
import { createPatientClock } from './patient-clock.ts';
import { createUnhurriedStore } from './unhurried-store.ts';

/** A demo cluster and a collector whose minutes pass as fast as its ticks do, by a clock that a busy machine cannot hurry. */
export interface TickWorld extends AsyncDisposable {
  readonly cluster: DemoCluster;
  /** Time that was waited for, and what `pass` added. */
  readonly clock: Clock;
  readonly folder: string;
  /** Stamp of the last tick. */
  readonly stamp: number;
  /** Lets time pass. */
  pass(time: Millis): void;
  /** Moves to the next minute and runs its tick. `cold` (the default) starts with a new runtime, as a new process does. */
  tick(options?: TickOptions): Promise<TickReport>;
  /** Moves to the next minute, begins its tick and leaves it where it is when `died` resolves: its runtime is not closed. */
  abandon(died: Promise<unknown>, options: TickOptions): Promise<void>;
}

export interface TickOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Time of the whole tick. */
  readonly seconds?: number;
  /** Changes the runtime before the tick, as a faulty store or sink does. */
  readonly through?: (runtime: Runtime) => Runtime;
}

export interface WorldOptions {
  readonly cluster?: DemoClusterOptions;
  readonly env: Readonly<Record<string, string>>;
  readonly platform?: Partial<Platform>;
  /** Keep one runtime for all ticks instead of a new one for each. */
  readonly warm?: boolean;
}

/** Starts a world. Everything it writes is in a folder of its own, removed at the end. */
export async function startTickWorld(options: WorldOptions): Promise<TickWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'heapless-world-'));
  const clock = createPatientClock((Math.floor(Date.now() / MINUTE) + 1) * MINUTE + SECOND);
  const cluster = await startDemoCluster({ nodes: 3, podsPerNode: 4, clock, ...options.cluster });
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, cluster.kubeconfig());
  let stamp = 0;
  let kept: Runtime | undefined;

  const open = async (env: Readonly<Record<string, string>>): Promise<Runtime> => {
    const runtime = await createRuntime({
      env: {
        HEAPLESS_SOURCE: `kubernetes.summary_api:?inClusterConfig=false&auth=${encodeURIComponent(kubeconfig)}`,
        HEAPLESS_CLUSTER_NAME: 'world',
        HEAPLESS_STATE: `file:${join(folder, 'state')}`,
        HEAPLESS_NODE_TIMEOUT: '1s',
        HEAPLESS_SCRAPE_TIMEOUT: '2s',
        HEAPLESS_SINK_EXPORT_DATA_TIMEOUT: '1s',
        HEAPLESS_LOG_LEVEL: 'error',
        ...options.env,
        ...env,
      },
      platform: {
        ...localPlatform({ write: () => undefined, writeLog: () => undefined }),
        clock,
        ...options.platform,
      },
    });
    return { ...runtime, store: createUnhurriedStore(runtime.store, clock) };
  };

  const same = (runtime: Runtime): Runtime => runtime;
  const nextMinute = (): void => {
    if (stamp !== 0) clock.pass(Math.max(0, stamp + MINUTE + SECOND - clock.now()));
    stamp = Math.floor(clock.now() / MINUTE) * MINUTE;
  };

  return {
    cluster,
    clock,
    folder,
    get stamp() {
      return stamp;
    },
    pass: clock.pass,
    async tick({ env = {}, seconds = 30, through = same } = {}) {
      nextMinute();
      const runtime = kept ?? (await open(env));
      if (options.warm === true) kept = runtime;
      try {
        const [result] = await runTick(through(runtime), {
          scheduledTime: clock.now(),
          endBy: clock.now() + seconds * SECOND,
        });
        if (result === undefined) throw new Error('the tick has no result');
        return result.report;
      } finally {
        if (options.warm !== true) await runtime.close();
      }
    },
    async abandon(died, { env = {}, seconds = 30, through = same }) {
      nextMinute();
      const runtime = kept ?? (await open(env));
      const running = runTick(through(runtime), { scheduledTime: clock.now(), endBy: clock.now() + seconds * SECOND });
      await Promise.race([running, died]);
    },
    async [Symbol.asyncDispose]() {
      await kept?.close();
      await cluster.close();
      clock[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
