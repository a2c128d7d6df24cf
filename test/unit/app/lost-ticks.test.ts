import { describe, expect, it } from 'vitest';
import { reportsOrLoss } from '../../../shared/app/lost-ticks.ts';
import type { TickReport, TickResult } from '../../../shared/app/tick-report.ts';

const STAMP = Date.parse('2026-11-24T12:00:00Z');

function reportOf(
  status: TickReport['status'],
  sinks: readonly (readonly [number, number])[],
  reason?: string,
): TickReport {
  return {
    cluster: 'prod',
    timestamp: STAMP,
    status,
    ...(reason === undefined ? {} : { reason }),
    sinks: sinks.map(([encoded, delivered]) => ({ encoded, delivered })),
  } as unknown as TickReport;
}

function resultOf(report: TickReport): TickResult {
  return { report, nodes: [], view: [], backlogKnown: true, resting: [] };
}

describe('reportsOrLoss', () => {
  it.each([
    ['whole', reportOf('whole', [[10, 10]])],
    [
      'partial, by one of two sinks',
      reportOf('partial', [
        [10, 0],
        [10, 3],
      ]),
    ],
    ['skipped', reportOf('skipped', [], 'this tick has been done')],
    ['one with nothing to send', reportOf('partial', [[0, 0]])],
  ])('is content with a tick that is %s', (_, report) => {
    expect(() => reportsOrLoss([resultOf(report)])).not.toThrow();
  });

  it('names every cluster that lost its minute, and why', () => {
    const reports = [
      reportOf('nothing', [], 'the API server is away'),
      reportOf('nothing', []),
      reportOf('partial', [
        [10, 0],
        [5, 0],
      ]),
    ];

    expect(() => reportsOrLoss(reports.map(resultOf))).toThrow(
      'cluster prod: nothing for 2026-11-24T12:00:00.000Z: the API server is away; ' +
        'cluster prod: nothing for 2026-11-24T12:00:00.000Z: no node answered; ' +
        'cluster prod: nothing for 2026-11-24T12:00:00.000Z: no sink took anything',
    );
  });
});
