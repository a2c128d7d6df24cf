import { expect } from 'vitest';
import type { TickReport } from '../../shared/app/tick-report.ts';
import type { SinkReport } from '../../shared/delivery/report.ts';
import type { MatrixWorld } from './matrix-world.ts';

/** Ticks after a fault, within which what waits must have gone out. */
const TICKS_TO_RECOVER = 6;

export function sinkOf(report: TickReport, name: string): SinkReport {
  const sink = report.sinks.find((each) => each.sink === name);
  if (sink === undefined) throw new Error(`no sink ${name} in the report`);
  return sink;
}

export function sumOf(reports: readonly TickReport[], name: string, of: (sink: SinkReport) => number): number {
  return reports.reduce((total, report) => total + of(sinkOf(report, name)), 0);
}

/** All that a sink said in these reports, a line each. */
export function toldBy(reports: readonly TickReport[], name: string): string {
  return reports
    .flatMap((report) => sinkOf(report, name).problems)
    .map(({ problem }) => problem)
    .join('\n');
}

/**
 * Ticks with the fault, then ticks without until nothing waits. The books of each report are right, and the other sink of
 * the world, `log`, and its nodes are unharmed.
 */
export async function suffer(
  world: MatrixWorld,
  name: string,
  { ticks, heal }: { readonly ticks: number; readonly heal: () => void },
): Promise<readonly TickReport[]> {
  const reports: TickReport[] = [];
  for (let tick = 0; tick < ticks; tick++) reports.push(...(await world.tick()));
  heal();
  let waiting = 1;
  for (let tick = 0; tick < TICKS_TO_RECOVER && waiting > 0; tick++) {
    const back = await world.tick();
    reports.push(...back);
    waiting = sumOf(back, name, (sink) => sink.backlog?.waiting ?? 0);
  }
  expect(waiting).toBe(0);
  for (const report of reports) {
    const { encoded, delivered, rejected, dropped, spilled } = sinkOf(report, name);
    expect(delivered + rejected + dropped + spilled).toBe(encoded);
    expect(sinkOf(report, 'log').delivered).toBe(sinkOf(report, 'log').encoded);
    expect(report.nodes.answered).toBe(report.nodes.planned);
  }
  return reports;
}
