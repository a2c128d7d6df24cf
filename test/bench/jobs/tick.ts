import { localPlatform } from '../../../functions/local/platform.ts';
import type { Platform } from '../../../shared/app/platform.ts';
import { createRuntime } from '../../../shared/app/runtime.ts';
import { runTick } from '../../../shared/app/tick.ts';
import type { TickReport } from '../../../shared/app/tick-report.ts';
import { type Clock, systemClock } from '../../../shared/core/clock.ts';
import { MINUTE } from '../../../shared/core/units.ts';
import { GROUP_BY } from '../groupings.ts';
import type { Job, JobSettings, OpenJob } from '../job.ts';
import type { ShardPool } from '../shards/shard-pool.ts';
import { sourceUri } from '../source-uri.ts';

/** A whole tick of the product in one process: the `inline` invoker, `memory:` state, output discarded. */
export const openJob: OpenJob = (settings) => openTick(settings, async () => undefined);

/** A tick as a job; its shards run where `startPool` says, in this process if it says nothing. */
export async function openTick(
  settings: JobSettings,
  startPool: (env: Readonly<Record<string, string>>) => Promise<ShardPool | undefined>,
): Promise<Job> {
  let offset = 0;
  const clock: Clock = { now: () => Date.now() + offset, sleep: systemClock.sleep };
  let written = 0;
  const env = {
    HEAPLESS_SOURCE: sourceUri(settings),
    HEAPLESS_GROUP_BY: GROUP_BY,
    HEAPLESS_SCRAPE_TIMEOUT: '5m',
    HEAPLESS_NODE_TIMEOUT: '20s',
    HEAPLESS_SINK_EXPORT_DATA_TIMEOUT: '300s',
    ...settings.env,
  };
  const pool = await startPool(env);
  const platform: Platform = {
    ...localPlatform({ write: (text) => (written += text.length), writeLog: () => undefined }),
    clock,
    shardInvoker: pool,
  };
  const runtime = await createRuntime({
    env,
    platform,
  });
  return {
    async run(time) {
      offset = time.offset;
      pool?.begin(offset);
      written = 0;
      const now = clock.now();
      const [result] = await runTick(runtime, { scheduledTime: now, endBy: now + 15 * MINUTE });
      if (result === undefined) throw new Error('the tick has no result');
      return {
        ...seenOf(result.report, written),
        shardRssBytes: pool?.peakRssBytes() ?? 0,
        shardCpuMillis: pool?.cpuMillis() ?? 0,
      };
    },
    async close() {
      await pool?.close();
      await runtime.close();
    },
  };
}

function seenOf(report: TickReport, written: number): Readonly<Record<string, number>> {
  if (report.status === 'nothing' || report.status === 'skipped') throw new Error(`tick: ${report.reason}`);
  const sum = (of: (sink: TickReport['sinks'][number]) => number): number =>
    report.sinks.reduce((total, sink) => total + of(sink), 0);
  const stages = Object.entries(report.stages).map(([stage, millis]) => [`stage ${stage}`, millis] as const);
  return {
    planned: report.nodes.planned,
    answered: report.nodes.answered,
    whole: report.status === 'whole' ? 1 : 0,
    points: report.points,
    rates: report.rates.computed,
    fallbacks: report.rates.fallback,
    faults: Object.values(report.faults).reduce((total, count) => total + count, 0),
    encoded: sum((sink) => sink.encoded),
    delivered: sum((sink) => sink.delivered),
    requests: sum((sink) => sink.requests),
    written,
    peakInFlight: report.apiServer.peakInFlight,
    apiBytes: report.apiServer.bytes,
    ...Object.fromEntries(stages),
  };
}
