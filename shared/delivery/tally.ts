import type { SinkReport } from './report.ts';

/** Most sentences in a report. */
const SHOWN_PROBLEMS = 10;
/** Most different sentences that are kept while counting. */
const KEPT_PROBLEMS = 200;
const OTHER = 'other problems';

type Fate = 'delivered' | 'rejected' | 'dropped' | 'spilled';

/** Counts what becomes of points. Each point is counted once by `settle`, so the report always adds up. */
export interface Tally {
  settle(fate: Fate, points: number, problem?: string): void;
  request(): void;
  retry(): void;
  ambiguous(): void;
  /** Points settled so far. */
  readonly settled: number;
  report(sink: string, shown: string, millis: number): SinkReport;
}

export function createTally(): Tally {
  const points = { delivered: 0, rejected: 0, dropped: 0, spilled: 0 };
  const counts = { requests: 0, retries: 0, ambiguous: 0 };
  const problems = new Map<string, number>();
  const settled = (): number => points.delivered + points.rejected + points.dropped + points.spilled;
  return {
    settle(fate, count, problem) {
      points[fate] += count;
      if (problem === undefined || count === 0) return;
      const key = problems.has(problem) || problems.size < KEPT_PROBLEMS ? problem : OTHER;
      problems.set(key, (problems.get(key) ?? 0) + count);
    },
    request: () => {
      counts.requests++;
    },
    retry: () => {
      counts.retries++;
    },
    ambiguous: () => {
      counts.ambiguous++;
    },
    get settled() {
      return settled();
    },
    report: (sink, shown, millis) => ({
      sink,
      shown,
      encoded: settled(),
      ...points,
      ...counts,
      millis,
      problems: [...problems]
        .map(([problem, count]) => ({ problem, points: count }))
        .sort((a, b) => b.points - a.points)
        .slice(0, SHOWN_PROBLEMS),
    }),
  };
}
