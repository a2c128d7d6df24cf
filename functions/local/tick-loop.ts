import type { Runtime } from '../../shared/app/runtime.ts';
import { runTick } from '../../shared/app/tick.ts';
import type { TickResult } from '../../shared/app/tick-report.ts';
import { SECOND } from '../../shared/core/units.ts';

/** Time for a single tick that no scheduler bounds: lists, scraping and both exports at their longest. */
function wholeTickMillis({ config }: Runtime): number {
  return 15 * SECOND + config.scrapeTimeout + 2 * config.sinkExportDataTimeout;
}

/** One tick now, with as much time as the configured timeouts allow. */
export async function collectOnce(runtime: Runtime): Promise<readonly TickResult[]> {
  const { clock } = runtime.platform;
  return runTick(runtime, { scheduledTime: undefined, endBy: clock.now() + wholeTickMillis(runtime) });
}

/**
 * Ticks on every multiple of the resolution, shortly after it (kubelets sample on their own), until the signal aborts or
 * `ticks` are done. A tick ends before the next one begins; a multiple that has passed meanwhile is skipped, not caught up.
 */
export async function tickLoop(
  runtime: Runtime,
  options: {
    readonly signal: AbortSignal;
    readonly ticks: number;
    readonly onTick: (results: readonly TickResult[]) => void;
  },
): Promise<void> {
  const { clock } = runtime.platform;
  const resolution = runtime.config.metricResolution;
  const offset = Math.min(5 * SECOND, resolution / 10);
  for (let done = 0; done < options.ticks && !options.signal.aborted; done++) {
    const window = Math.floor((clock.now() - offset) / resolution) * resolution + resolution;
    await clock.sleep(window + offset - clock.now(), options.signal);
    if (options.signal.aborted) return;
    options.onTick(await runTick(runtime, { scheduledTime: window, endBy: window + resolution }));
  }
}
