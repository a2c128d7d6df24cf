import type { BacklogReport, SinkReport } from '../delivery/report.ts';

const MAX_PROBLEMS = 10;

/** Reports of the same sink added up: those of the shards and that of the totals. The time is the slowest one's. */
export function mergeSinkReports(reports: readonly SinkReport[]): readonly SinkReport[] {
  const merged = new Map<string, SinkReport>();
  for (const report of reports) {
    const known = merged.get(report.shown);
    merged.set(report.shown, known === undefined ? report : add(known, report));
  }
  return [...merged.values()];
}

function mergeBacklogs(
  a: BacklogReport | undefined,
  b: BacklogReport | undefined,
): { readonly backlog?: BacklogReport } {
  if (a === undefined) return b === undefined ? {} : { backlog: b };
  if (b === undefined) return { backlog: a };
  const oldest = Math.min(a.oldest ?? Number.POSITIVE_INFINITY, b.oldest ?? Number.POSITIVE_INFINITY);
  return {
    backlog: {
      replayed: a.replayed + b.replayed,
      rejected: a.rejected + b.rejected,
      expired: a.expired + b.expired,
      waiting: a.waiting + b.waiting,
      ...(Number.isFinite(oldest) ? { oldest } : {}),
    },
  };
}

/** A count that reports may lack; the sum lacks it only if both do. */
function sumOfOptional<Key extends 'resting' | 'leftOut'>(
  key: Key,
  a: SinkReport,
  b: SinkReport,
): { readonly [K in Key]?: number } {
  if (a[key] === undefined && b[key] === undefined) return {};
  return { [key]: (a[key] ?? 0) + (b[key] ?? 0) } as { readonly [K in Key]?: number };
}

function add(a: SinkReport, b: SinkReport): SinkReport {
  const problems = new Map<string, number>();
  for (const { problem, points } of [...a.problems, ...b.problems]) {
    problems.set(problem, (problems.get(problem) ?? 0) + points);
  }
  return {
    sink: a.sink,
    shown: a.shown,
    encoded: a.encoded + b.encoded,
    delivered: a.delivered + b.delivered,
    rejected: a.rejected + b.rejected,
    dropped: a.dropped + b.dropped,
    spilled: a.spilled + b.spilled,
    requests: a.requests + b.requests,
    retries: a.retries + b.retries,
    ambiguous: a.ambiguous + b.ambiguous,
    millis: Math.max(a.millis, b.millis),
    ...sumOfOptional('resting', a, b),
    ...sumOfOptional('leftOut', a, b),
    ...mergeBacklogs(a.backlog, b.backlog),
    problems: [...problems]
      .map(([problem, points]) => ({ problem, points }))
      .sort((x, y) => y.points - x.points)
      .slice(0, MAX_PROBLEMS),
  };
}
