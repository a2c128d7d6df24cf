import { describe, expect, it } from 'vitest';
import { mergeSinkReports } from '../../../shared/app/merge-sink-reports.ts';
import type { SinkReport } from '../../../shared/delivery/report.ts';

function reportOf(part: Partial<SinkReport>): SinkReport {
  return {
    sink: 'stackdriver',
    shown: 'stackdriver:',
    encoded: 0,
    delivered: 0,
    rejected: 0,
    dropped: 0,
    spilled: 0,
    requests: 0,
    retries: 0,
    ambiguous: 0,
    millis: 0,
    problems: [],
    ...part,
  };
}

describe('merged reports of a sink', () => {
  it('add up what rests at the shards and the totals', () => {
    expect(mergeSinkReports([reportOf({ resting: 5 }), reportOf({ resting: 7 })])).toMatchObject([{ resting: 12 }]);
  });

  it('say nothing of resting where nothing rests', () => {
    expect(mergeSinkReports([reportOf({ delivered: 1 }), reportOf({ delivered: 2 })])[0]).not.toHaveProperty('resting');
  });
});
