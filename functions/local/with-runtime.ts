import { createRuntime, type Runtime } from '../../shared/app/runtime.ts';
import type { TickResult } from '../../shared/app/tick-report.ts';
import type { CommandInput } from './command-input.ts';
import { localPlatform } from './platform.ts';
import { renderReport } from './render-report.ts';

/** Opens a runtime for a command, says its notices on standard error, runs `work`, and closes everything. */
export async function withRuntime<T>(input: CommandInput, work: (runtime: Runtime) => Promise<T>): Promise<T> {
  const platform = localPlatform({ write: input.writeError, writeLog: input.writeError });
  const quiet = { HEAPLESS_LOG_LEVEL: 'warn', ...input.env };
  const runtime = await createRuntime({ env: quiet, flags: input.flags, platform });
  try {
    for (const { where, notice } of runtime.notices) input.writeError(`${where}: ${notice}\n`);
    return await work(runtime);
  } finally {
    await runtime.close();
  }
}

/** Prints the ticks of all clusters in the chosen form: tables, or one JSON line each. */
export function printResults(input: CommandInput, results: readonly TickResult[]): void {
  for (const result of results) {
    if (input.output === 'table') input.write(`${renderReport(result, { color: input.color })}\n`);
    else input.write(`${JSON.stringify({ ...result.report, nodeOutcomes: result.nodes, totals: result.view })}\n`);
  }
}
