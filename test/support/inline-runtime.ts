import { localPlatform } from '../../functions/local/platform.ts';
import { createRuntime, type Runtime } from '../../shared/app/runtime.ts';
import { runScrape } from '../../shared/app/scrape.ts';
import { runTick } from '../../shared/app/tick.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import type { Clock } from '../../shared/core/clock.ts';
import { SECOND } from '../../shared/core/units.ts';

/** The use-cases in this process, as the `heapless` command runs them. */
export interface InlineRuntime extends AsyncDisposable {
  /** The tick of the minute of `now`. */
  tick(now: number): Promise<TickReport>;
  /** A tick at `now` that was meant for `time`. */
  lateTick(now: number, time: number): Promise<TickReport>;
  /** Work on this shard breaks; undefined = none does. */
  loseShard(shard: string | undefined): void;
}

export interface InlineOptions {
  readonly kubeconfig: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** A new runtime for every tick, as a new process has: nothing is kept but state. Then `env` must name a store. */
  readonly cold?: boolean;
}

/** Starts it at the cluster of this kubeconfig; one runtime is kept unless it is to be cold. */
export async function startInlineRuntime({ kubeconfig, env, clock, cold }: InlineOptions): Promise<InlineRuntime> {
  let lost: string | undefined;
  const open = (): Promise<Runtime> =>
    createRuntime({
      env: {
        ...env,
        HEAPLESS_SOURCE: 'kubernetes.summary_api:?inClusterConfig=false&auth=/kubeconfig',
        HEAPLESS_LOG_LEVEL: 'error',
      },
      platform: {
        ...localPlatform({ write: () => undefined, writeLog: () => undefined }),
        clock,
        readFile: async () => kubeconfig,
      },
    });
  const kept = cold === true ? undefined : await open();
  const tickOf = async (now: number, time: number): Promise<TickReport> => {
    const runtime = kept ?? (await open());
    try {
      const [result] = await runTick(losing(runtime, lost), { scheduledTime: time, endBy: now + 30 * SECOND });
      if (result === undefined) throw new Error('the tick has no result');
      return result.report;
    } finally {
      if (kept === undefined) await runtime.close();
    }
  };
  return {
    tick: (now) => tickOf(now, now),
    lateTick: tickOf,
    loseShard: (shard) => {
      lost = shard;
    },
    [Symbol.asyncDispose]: async () => await kept?.close(),
  };
}

/** The runtime, with one shard that breaks. */
function losing(runtime: Runtime, lost: string | undefined): Runtime {
  if (lost === undefined) return runtime;
  const shardInvoker: Runtime['platform']['shardInvoker'] = {
    async invoke(request, deadline) {
      if (request.shard === lost) throw new Error('the shard broke');
      return await runScrape(runtime, request, { deadline });
    },
  };
  return { ...runtime, platform: { ...runtime.platform, shardInvoker } };
}
