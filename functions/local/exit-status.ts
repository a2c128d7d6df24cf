import type { TickReport } from '../../shared/app/tick-report.ts';

/** Exit statuses of `heapless collect`, for scripts. */
export const EXIT = {
  whole: 0,
  configuration: 1,
  partial: 2,
  nothing: 3,
} as const;

/** Exit statuses of `heapless doctor`; 1 is the configuration's, as everywhere. */
export const DOCTOR_EXIT = {
  well: 0,
  mend: 2,
} as const;

/** The status of one tick of all clusters: the worst decides; `skipped` ticks are whole elsewhere. */
export function exitStatus(reports: readonly TickReport[]): number {
  const collected = reports.filter((report) => report.status === 'whole' || report.status === 'partial');
  if (reports.length > 0 && reports.every((report) => report.status === 'skipped')) return EXIT.whole;
  if (collected.length === 0) return EXIT.nothing;
  return reports.every((report) => report.status === 'whole' || report.status === 'skipped')
    ? EXIT.whole
    : EXIT.partial;
}
